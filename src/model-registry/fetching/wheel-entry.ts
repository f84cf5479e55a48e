import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { WrongContentError } from './partial-file.js';

/** A file in a zip, as its directory describes it. */
interface Entry {
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly offset: number;
}

const endSignature = 0x06054b50;
const endBytes = 22;
const longestComment = 65_535;
const directorySignature = 0x02014b50;
const directoryEntryBytes = 46;
/** About 100,000 files. */
const largestDirectoryBytes = 16_000_000;
const headerSignature = 0x04034b50;
const headerBytes = 30;
const isEncrypted = 1;
const stored = 0;
const deflated = 8;
const blockBytes = 1 << 18;

/**
 * Reads one file of a wheel, which is a zip, piece by piece. The sizes in it are compared before anything is extracted,
 * and what is extracted is counted and compared with the checksum of the zip.
 * @param name of the file in the zip; it is compared only
 * @param bytes that the file has to have
 * @param onBlock gets the content, a piece at a time
 * @throws WrongContentError where the file is missing, has another size or is damaged; what `onBlock` throws
 */
export async function readWheelEntry(
  wheel: string,
  { name, bytes }: { readonly name: string; readonly bytes: number },
  onBlock: (block: Buffer) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const handle = await open(wheel);
  try {
    const entry = findEntry(await readDirectory(handle), name);
    if (entry === undefined) throw new WrongContentError(`the wheel has no file ${name}`);
    if (entry.bytes !== bytes)
      throw new WrongContentError(`${name} has ${entry.bytes} bytes in the wheel instead of ${bytes}`);
    if ((entry.flags & isEncrypted) !== 0 || (entry.method !== stored && entry.method !== deflated))
      throw new WrongContentError(`${name} is packed in the wheel in a way that is not supported`);
    await extract(handle, name, entry, onBlock, signal);
  } finally {
    await handle.close();
  }
}

/** The list of files at the end of a zip. */
async function readDirectory(handle: FileHandle): Promise<Buffer> {
  const { size } = await handle.stat();
  const tail = await readAt(handle, Math.max(0, size - endBytes - longestComment), size);
  let end = tail.length - endBytes;
  while (end >= 0 && !(tail.readUInt32LE(end) === endSignature && hasLength(tail, end))) end--;
  if (end < 0) throw new WrongContentError('the wheel is truncated, or is not a zip');
  const directoryBytes = tail.readUInt32LE(end + 12);
  const offset = tail.readUInt32LE(end + 16);
  if (directoryBytes > largestDirectoryBytes || offset + directoryBytes > size)
    throw new WrongContentError('the wheel is larger than is supported, or its list of files is damaged');
  return readAt(handle, offset, offset + directoryBytes);
}

/** The comment of a zip reaches to its end. */
function hasLength(tail: Buffer, end: number): boolean {
  return end + endBytes + tail.readUInt16LE(end + 20) === tail.length;
}

function findEntry(directory: Buffer, name: string): Entry | undefined {
  const wanted = Buffer.from(name);
  for (let at = 0; at + directoryEntryBytes <= directory.length;) {
    if (directory.readUInt32LE(at) !== directorySignature)
      throw new WrongContentError('the list of files of the wheel is damaged');
    const nameEnd = at + directoryEntryBytes + directory.readUInt16LE(at + 28);
    if (directory.subarray(at + directoryEntryBytes, nameEnd).equals(wanted)) {
      return {
        flags: directory.readUInt16LE(at + 8),
        method: directory.readUInt16LE(at + 10),
        crc: directory.readUInt32LE(at + 16),
        packedBytes: directory.readUInt32LE(at + 20),
        bytes: directory.readUInt32LE(at + 24),
        offset: directory.readUInt32LE(at + 42),
      };
    }
    at = nameEnd + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return undefined;
}

async function extract(
  handle: FileHandle,
  name: string,
  entry: Entry,
  onBlock: (block: Buffer) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const header = await readAt(handle, entry.offset, entry.offset + headerBytes);
  if (header.length < headerBytes || header.readUInt32LE(0) !== headerSignature)
    throw new WrongContentError(`${name} is not where the wheel says`);
  const start = entry.offset + headerBytes + header.readUInt16LE(26) + header.readUInt16LE(28);
  const unpacked = entry.method === deflated ? createInflateRaw() : new PassThrough();
  const feeding = pipeline(readBlocks(handle, start, start + entry.packedBytes), unpacked);
  let bytes = 0;
  let crc = 0;
  try {
    for await (const block of unpacked as AsyncIterable<Buffer>) {
      signal?.throwIfAborted();
      bytes += block.length;
      if (bytes > entry.bytes) throw new WrongContentError(`${name} is longer than the wheel says`);
      crc = crc32(block, crc);
      await onBlock(block);
    }
  } catch (error) {
    if (!isOfZlib(error)) throw error;
    throw new WrongContentError(`${name} is damaged in the wheel: ${error.message}`, { cause: error });
  } finally {
    unpacked.destroy();
    // The loop has met the same failure.
    await feeding.catch(() => undefined);
  }
  if (bytes !== entry.bytes || crc !== entry.crc)
    throw new WrongContentError(`${name} is damaged in the wheel: its length or checksum is another one`);
}

function isOfZlib(error: unknown): error is Error {
  return String((error as NodeJS.ErrnoException).code).startsWith('Z_');
}

async function* readBlocks(handle: FileHandle, start: number, end: number): AsyncGenerator<Buffer> {
  for (let at = start; at < end;) {
    const block = await readAt(handle, at, Math.min(at + blockBytes, end));
    if (block.length === 0) return;
    yield block;
    at += block.length;
  }
}

/** Bytes of a file from `start` to `end`; fewer where it ends before. */
async function readAt(handle: FileHandle, start: number, end: number): Promise<Buffer> {
  const buffer = Buffer.alloc(end - start);
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, start);
  return buffer.subarray(0, bytesRead);
}
