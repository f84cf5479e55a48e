/** The header of a box, of which MP4 files consist. */
export interface BoxHeader {
  readonly type: string;
  readonly headerBytes: 8 | 16;
  /** With the header; undefined for a box that lasts to the end of the file. */
  readonly bytes: number | undefined;
}

/** @returns undefined if the bytes are of no box, 'incomplete' if more of them are needed */
export function readBoxHeader(bytes: Uint8Array, at = 0): BoxHeader | 'incomplete' | undefined {
  if (bytes.length - at < 8) return 'incomplete';
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, bytes.length - at);
  const size = view.getUint32(0);
  const type = String.fromCharCode(bytes[at + 4]!, bytes[at + 5]!, bytes[at + 6]!, bytes[at + 7]!);
  if (size === 0) return { type, headerBytes: 8, bytes: undefined };
  if (size !== 1) return size < 8 ? undefined : { type, headerBytes: 8, bytes: size };
  if (view.byteLength < 16) return 'incomplete';
  const long = view.getUint32(8) * 2 ** 32 + view.getUint32(12);
  if (long < 16 || long > Number.MAX_SAFE_INTEGER) return undefined;
  return { type, headerBytes: 16, bytes: long };
}

export interface Box {
  readonly type: string;
  /** Of the content, without the header. */
  readonly start: number;
  readonly end: number;
}

/** Files have some dozens in a box. Lists of millions of empty ones would fill the memory of the process. */
const boxesAtMost = 10_000;

/** The first boxes in a part of `bytes`. One that claims to be longer ends with the part; after damage there are none. */
export function* boxesIn(bytes: Uint8Array, start = 0, end = bytes.length): Generator<Box, void, undefined> {
  const part = bytes.subarray(0, end);
  let at = start;
  for (let count = 0; at < end && count < boxesAtMost; count++) {
    const header = readBoxHeader(part, at);
    if (header === undefined || header === 'incomplete') return;
    const next = Math.min(end, at + (header.bytes ?? end - at));
    yield { type: header.type, start: at + header.headerBytes, end: next };
    at = next;
  }
}
