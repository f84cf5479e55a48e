import { crc32 } from 'node:zlib';
import { openPromise } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { WrongContentError } from './partial-file.js';

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
  // Names stay bytes: those of files that nobody asks for may be anything. Sizes are compared below.
  const options = { autoClose: false, lazyEntries: true, decodeStrings: false, validateEntrySizes: false };
  const zip = await openPromise(wheel, options).catch(refuseWith('the wheel is truncated, or is not a zip'));
  try {
    const entry = await findEntry(zip, Buffer.from(name)).catch(
      refuseWith('the list of files of the wheel is damaged'),
    );
    if (entry === undefined) throw new WrongContentError(`the wheel has no file ${name}`);
    if (entry.uncompressedSize !== bytes)
      throw new WrongContentError(
        `${name} has ${entry.uncompressedSize} bytes in the wheel instead of ${bytes}`,
      );
    if (!entry.canDecodeFileData())
      throw new WrongContentError(`${name} is packed in the wheel in a way that is not supported`);
    let readBytes = 0;
    let crc = 0;
    for await (const block of extractBlocks(zip, entry, name)) {
      signal?.throwIfAborted();
      readBytes += block.length;
      if (readBytes > bytes) throw new WrongContentError(`${name} is longer than the wheel says`);
      crc = crc32(block, crc);
      await onBlock(block);
    }
    if (readBytes !== bytes || crc !== entry.crc32)
      throw new WrongContentError(`${name} is damaged in the wheel: its length or checksum is another one`);
  } finally {
    zip.close();
  }
}

async function findEntry(zip: ZipFile, name: Buffer): Promise<Entry | undefined> {
  for await (const entry of zip.eachEntry()) {
    if (entry.fileNameRaw.equals(name)) return entry;
  }
  return undefined;
}

/** A generator, so that its failures are told apart from those of the one who takes the blocks. */
async function* extractBlocks(zip: ZipFile, entry: Entry, name: string): AsyncGenerator<Buffer> {
  try {
    for await (const block of await zip.openReadStreamPromise(entry)) yield block as Buffer;
  } catch (error) {
    refuseWith(`${name} is damaged in the wheel`)(error);
  }
}

/** A handler of failures that makes a refusal of all but those of the file system. */
function refuseWith(message: string): (error: unknown) => never {
  return (error) => {
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    throw new WrongContentError(`${message}: ${(error as Error).message}`, { cause: error });
  };
}
