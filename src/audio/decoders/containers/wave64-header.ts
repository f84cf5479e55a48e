import type { SampleFormat } from '../sample-format.js';
import { maxFormatBytes, parseWavFormat } from '../wav/wav-format.js';
import { claimedOrEndless, corrupt, maxChunks, nameAt, skip, take } from './header-reading.js';
import type { HeaderReading, Trailer } from './header-reading.js';

/** Bytes of a chunk header, which its size includes: a GUID and 64 bits. */
const headerBytes = 24;
/** The end of every GUID but that of the file: {xxxxxxxx-ACF3-11D3-8CD1-00C04F8EDB8A}. */
const guidTail = [0xf3, 0xac, 0xd3, 0x11, 0x8c, 0xd1, 0x00, 0xc0, 0x4f, 0x8e, 0xdb, 0x8a];

function trailerAfter(claimedBytes: number): Trailer {
  return {
    padding: paddingAfter(claimedBytes),
    nameBytes: 16,
    isName: (bytes) => guidTail.every((byte, index) => bytes[4 + index] === byte),
  };
}

/** Chunks begin at multiples of eight bytes. */
function paddingAfter(bytes: number): number {
  return Number.isFinite(bytes) ? (8 - (bytes % 8)) % 8 : 0;
}

/** Reads Sony's Wave64 up to the first sample: the chunks of WAV, named by GUIDs, with sizes of 64 bits. */
export function* readWave64Header(): HeaderReading {
  yield* take(headerBytes);
  const form = yield* take(16);
  if (nameAt(form, 0) !== 'wave') throw corrupt('This is not a Wave64 header.');
  let format: SampleFormat | undefined;
  for (let chunk = 0; chunk < maxChunks; chunk++) {
    const head = yield* take(headerBytes);
    const name = nameAt(head, 0);
    const size = Number(head.getBigInt64(16, true)) - headerBytes;
    if (name === 'data') {
      if (format === undefined) throw corrupt('The Wave64 file has its samples before its fmt chunk.');
      const claimedBytes = claimedOrEndless(size);
      return { format, claimedBytes, trailer: trailerAfter(claimedBytes) };
    }
    if (size < 0) throw corrupt('A chunk of the Wave64 file is smaller than its header.');
    const rest = size + paddingAfter(size);
    if (name === 'fmt ' && format === undefined) {
      if (size < 16)
        throw corrupt(`The fmt chunk of the Wave64 file has ${size} bytes. It must have at least 16.`);
      const kept = Math.min(size, maxFormatBytes);
      format = parseWavFormat(yield* take(kept));
      yield* skip(rest - kept);
    } else {
      yield* skip(rest);
    }
  }
  throw corrupt(`The Wave64 file has more than ${maxChunks} chunks before its samples.`);
}
