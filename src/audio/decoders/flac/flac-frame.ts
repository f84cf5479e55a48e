import { FlacBits } from './flac-bits.js';
import { flacCrc16 } from './flac-crc.js';
import type { FlacFrameHeader } from './flac-frame-header.js';
import { readSubframe } from './flac-subframe.js';

export interface FlacFrame {
  /** Interleaved, shape (blockSize, channels), in [-1, 1). */
  readonly samples: Float32Array;
  readonly byteCount: number;
}

/** @returns undefined if the frame is damaged */
export function readFrame(
  bytes: Uint8Array,
  { blockSize, channels, pair, headerBytes }: FlacFrameHeader,
  bitsPerSample: number,
): FlacFrame | 'incomplete' | undefined {
  const bits = new FlacBits(bytes, headerBytes);
  const decoded: Float64Array[] = [];
  for (let channel = 0; channel < channels; channel++) {
    const isSide = pair === 'side-right' ? channel === 0 : pair !== 'independent' && channel === 1;
    const samples = new Float64Array(blockSize);
    const isValid = readSubframe(bits, bitsPerSample + (isSide ? 1 : 0), samples);
    if (bits.isPastEnd) return 'incomplete';
    if (!isValid) return undefined;
    decoded.push(samples);
  }
  const end = bits.byteOffset();
  if (bytes.length < end + 2) return 'incomplete';
  if (flacCrc16(bytes, end) !== bytes[end]! * 256 + bytes[end + 1]!) return undefined;
  if (pair !== 'independent') separate(decoded[0]!, decoded[1]!, pair);
  const samples = interleave(decoded, 2 ** (1 - bitsPerSample));
  return samples && { samples, byteCount: end + 2 };
}

/** Turns the sum and difference of two channels into left and right. */
function separate(first: Float64Array, second: Float64Array, pair: FlacFrameHeader['pair']): void {
  for (let i = 0; i < first.length; i++) {
    const a = first[i]!;
    const b = second[i]!;
    if (pair === 'left-side') second[i] = a - b;
    else if (pair === 'side-right') first[i] = a + b;
    else {
      const sum = 2 * a + (b & 1);
      first[i] = (sum + b) / 2;
      second[i] = (sum - b) / 2;
    }
  }
}

/** @returns undefined if a sample is out of range: its prediction was made to grow */
function interleave(channels: readonly Float64Array[], scale: number): Float32Array | undefined {
  const frames = channels[0]!.length;
  const samples = new Float32Array(frames * channels.length);
  for (const [channel, values] of channels.entries()) {
    for (let i = 0, at = channel; i < frames; i++, at += channels.length) {
      const sample = values[i]! * scale;
      if (!(sample >= -1 && sample <= 1)) return undefined;
      samples[at] = sample;
    }
  }
  return samples;
}
