import { flacCrc16, flacCrc8 } from '../../../src/audio/decoders/flac/flac-crc.js';
import { readMpegHeader } from '../../../src/audio/decoders/mp3/mpeg-header.js';
import { numbersIn } from './file-part.js';
import type { FilePart } from './file-part.js';

/** Pages of Ogg: the table of segments, the serial, the granule and the number of the page are fields. */
export function splitOgg(file: Uint8Array): FilePart[] {
  const parts: FilePart[] = [];
  for (let at = 0; at < file.length;) {
    const segments = file[at + 26] ?? 0;
    let size = 27 + segments;
    for (let i = 0; i < segments; i++) size += file[at + 27 + i] ?? 0;
    const bytes = file.slice(at, at + size);
    parts.push({
      name: parts.length === 0 ? 'first page' : 'page',
      bytes,
      fields: [
        { at: 4, length: 1, kind: 'little' },
        { at: 5, length: 1, kind: 'little' },
        { at: 6, length: 8, kind: 'little' },
        { at: 14, length: 4, kind: 'little' },
        { at: 18, length: 4, kind: 'little' },
        { at: 26, length: 1, kind: 'little' },
        ...Array.from(
          { length: Math.min(segments, 4) },
          (_, i) => ({ at: 27 + i, length: 1, kind: 'little' }) as const,
        ),
        // The headers of codecs have their numbers in the first packets.
        ...(parts.length < 2 ? numbersIn(27 + segments, bytes.length, 'little') : []),
      ],
    });
    at += bytes.length;
  }
  return parts;
}

export function splitFlac(file: Uint8Array): FilePart[] {
  const parts: FilePart[] = [{ name: 'signature', bytes: file.slice(0, 4), fields: [] }];
  let at = 4;
  for (let last = false; !last && at + 4 <= file.length;) {
    last = file[at]! > 127;
    const size = (file[at + 1]! << 16) | (file[at + 2]! << 8) | file[at + 3]!;
    const bytes = file.slice(at, at + 4 + size);
    const fields = numbersIn(4, Math.min(bytes.length, 40), 'big');
    parts.push({ name: 'metadata', bytes, fields: [{ at: 1, length: 3, kind: 'big' }, ...fields] });
    at += bytes.length;
  }
  while (at < file.length) {
    const end = nextFlacFrame(file, at + 1);
    const fields = numbersIn(2, 8, 'big');
    parts.push({ name: 'flac frame', bytes: file.slice(at, end), fields });
    at = end;
  }
  return parts;
}

function nextFlacFrame(file: Uint8Array, from: number): number {
  for (let at = from; at + 16 <= file.length; at++) {
    if (file[at] !== 0xff || (file[at + 1]! & 0xfe) !== 0xf8) continue;
    const length = flacHeaderBytes(file.subarray(at));
    if (flacCrc8(file.subarray(at), length) === file[at + length]) return at;
  }
  return file.length;
}

/** Bytes of the header of a frame before its checksum. */
function flacHeaderBytes(frame: Uint8Array): number {
  const first = frame[4] ?? 0;
  const numberBytes = first < 0x80 ? 1 : Math.max(1, Math.clz32(~first << 24));
  const sizeCode = (frame[2] ?? 0) >> 4;
  const rateCode = (frame[2] ?? 0) & 15;
  const sizeBytes = sizeCode === 6 ? 1 : sizeCode === 7 ? 2 : 0;
  const rateBytes = rateCode === 12 ? 1 : rateCode === 13 || rateCode === 14 ? 2 : 0;
  return 4 + numberBytes + sizeBytes + rateBytes;
}

/** Makes the checksums of a changed frame right again, in place. */
export function repairFlacFrame(frame: Uint8Array): void {
  const header = flacHeaderBytes(frame);
  if (frame.length < header + 3) return;
  frame[header] = flacCrc8(frame, header);
  const crc = flacCrc16(frame, frame.length - 2);
  frame[frame.length - 2] = crc >> 8;
  frame[frame.length - 1] = crc & 255;
}

/** An ID3 tag, its fields, and frames of MPEG audio. */
export function splitMp3(file: Uint8Array): FilePart[] {
  const parts: FilePart[] = [];
  let at = 0;
  if (String.fromCharCode(...file.subarray(0, 3)) === 'ID3') {
    parts.push({
      name: 'ID3',
      bytes: file.slice(0, 10),
      fields: [
        { at: 3, length: 1, kind: 'big' },
        { at: 5, length: 1, kind: 'big' },
        { at: 6, length: 4, kind: 'syncsafe' },
      ],
    });
    at = 10;
  }
  while (at < file.length) {
    const size = readMpegHeader(file, at)?.frameBytes;
    let end = size === undefined ? at + 1 : at + Math.max(size, 4);
    if (size === undefined) while (end < file.length && readMpegHeader(file, end) === undefined) end++;
    const bytes = file.slice(at, end);
    const name = size === undefined ? 'tag' : 'MPEG frame';
    parts.push({ name, bytes, fields: numbersIn(size === undefined ? 4 : 2, 12, 'big') });
    at += bytes.length;
  }
  return parts;
}
