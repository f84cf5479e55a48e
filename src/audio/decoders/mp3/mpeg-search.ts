import { isSameStream, readMpegHeader } from './mpeg-header.js';

/** The first bytes of a file in which frames are looked for. */
export const searchedBytes = 65_536;
/** Other bytes look like this many headers, each at the end of the frame before, once in a million files or less. */
const framesToBelieve = 5;

/** Whether frames of MPEG audio are somewhere in the first bytes of a file: recorders of streams begin in mid-frame. */
export function hasMpegFrames(file: Uint8Array): boolean {
  const bytes = file.subarray(0, searchedBytes);
  for (let at = bytes.indexOf(0xff); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    if (countFrames(bytes, at) === framesToBelieve) return true;
  }
  return false;
}

function countFrames(bytes: Uint8Array, begin: number): number {
  const first = readMpegHeader(bytes, begin);
  let header = first;
  let at = begin;
  let count = 0;
  while (count < framesToBelieve && first !== undefined && header?.frameBytes !== undefined) {
    if (header.layer === 1 || !isSameStream(first, header)) break;
    count++;
    at += header.frameBytes;
    header = readMpegHeader(bytes, at);
  }
  return count;
}
