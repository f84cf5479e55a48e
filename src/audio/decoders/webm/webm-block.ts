import { readVint } from './ebml.js';

/** The content of a block of WebM: frames of one track. */
export interface WebmBlock {
  readonly track: number;
  readonly frames: readonly Uint8Array[];
}

/** @returns undefined if the block is broken */
export function readWebmBlock(bytes: Uint8Array): WebmBlock | undefined {
  const track = readVint(bytes, 0);
  if (track === undefined || bytes.length < track.bytes + 3) return undefined;
  const lacing = (bytes[track.bytes + 2]! & 0x06) >> 1;
  const data = bytes.subarray(track.bytes + 3);
  const frames = lacing === 0 ? [data] : readLacedFrames(data, lacing);
  return frames && { track: track.value, frames };
}

/** Several frames in one block: their number comes first, then the sizes of all but the last one. */
function readLacedFrames(data: Uint8Array, lacing: number): readonly Uint8Array[] | undefined {
  if (data.length === 0) return undefined;
  const count = data[0]! + 1;
  const laced = readSizes(data, count, lacing);
  if (laced === undefined) return undefined;
  const frames: Uint8Array[] = [];
  let { from } = laced;
  for (const size of laced.sizes) {
    frames.push(data.subarray(from, from + size));
    from += size;
  }
  if (from > data.length) return undefined;
  frames.push(data.subarray(from));
  return frames;
}

interface LacedSizes {
  /** Bytes of all frames but the last. */
  readonly sizes: readonly number[];
  /** Where the first frame begins. */
  readonly from: number;
}

function readSizes(data: Uint8Array, count: number, lacing: number): LacedSizes | undefined {
  if (lacing === 1) return readXiphSizes(data, count);
  if (lacing === 3) return readEbmlSizes(data, count);
  const size = (data.length - 1) / count;
  if (!Number.isInteger(size)) return undefined;
  return { sizes: new Array<number>(count - 1).fill(size), from: 1 };
}

function readXiphSizes(data: Uint8Array, count: number): LacedSizes | undefined {
  const sizes: number[] = [];
  let at = 1;
  while (sizes.length < count - 1) {
    let size = 0;
    let byte: number | undefined;
    do {
      byte = data[at++];
      if (byte === undefined) return undefined;
      size += byte;
    } while (byte === 255);
    sizes.push(size);
  }
  return { sizes, from: at };
}

/** The first size is a number, each further one the difference from the one before. */
function readEbmlSizes(data: Uint8Array, count: number): LacedSizes | undefined {
  const sizes: number[] = [];
  let at = 1;
  let size = 0;
  while (sizes.length < count - 1) {
    const number = readVint(data, at);
    if (number === undefined) return undefined;
    at += number.bytes;
    size = sizes.length === 0 ? number.value : size + number.value - (2 ** (7 * number.bytes - 1) - 1);
    if (size < 0 || size > data.length) return undefined;
    sizes.push(size);
  }
  return { sizes, from: at };
}
