import type { AudioEncoding, RawEncoding } from '../audio.types.js';
import { alawSamples, mulawSamples } from './g711.js';
import type { SampleCodec } from './sample-codec.js';

type DecodeSamples = (bytes: Uint8Array, start: number, count: number, out: Float32Array, at: number) => void;

/** NaN and infinities become silence: a single one would never leave the filters that follow. */
function finite(value: number): number {
  if (!Number.isFinite(value)) return 0;
  return value > 1 ? 1 : value < -1 ? -1 : value;
}

function fromTable(table: Float32Array): DecodeSamples {
  return (bytes, start, count, out, at) => {
    for (let i = 0; i < count; i++) out[at + i] = table[bytes[start + i]!]!;
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const pcm: Record<RawEncoding, { sampleBytes: number; decode: DecodeSamples }> = {
  linear8: {
    sampleBytes: 1,
    decode: fromTable(Float32Array.from({ length: 256 }, (_, b) => (b - 128) / 128)),
  },
  mulaw: { sampleBytes: 1, decode: fromTable(mulawSamples) },
  alaw: { sampleBytes: 1, decode: fromTable(alawSamples) },
  // Read by bytes, because an Int16Array needs an aligned start.
  linear16: {
    sampleBytes: 2,
    decode(bytes, start, count, out, at) {
      for (let i = 0, b = start; i < count; i++, b += 2) {
        out[at + i] = ((bytes[b]! | (bytes[b + 1]! << 8)) << 16) / 2_147_483_648;
      }
    },
  },
  linear24: {
    sampleBytes: 3,
    decode(bytes, start, count, out, at) {
      for (let i = 0, b = start; i < count; i++, b += 3) {
        const value = (bytes[b]! << 8) | (bytes[b + 1]! << 16) | (bytes[b + 2]! << 24);
        out[at + i] = value / 2_147_483_648;
      }
    },
  },
  linear32: {
    sampleBytes: 4,
    decode(bytes, start, count, out, at) {
      const view = viewOf(bytes);
      for (let i = 0; i < count; i++) out[at + i] = view.getInt32(start + 4 * i, true) / 2_147_483_648;
    },
  },
  float32: {
    sampleBytes: 4,
    decode(bytes, start, count, out, at) {
      const view = viewOf(bytes);
      for (let i = 0; i < count; i++) out[at + i] = finite(view.getFloat32(start + 4 * i, true));
    },
  },
  float64: {
    sampleBytes: 8,
    decode(bytes, start, count, out, at) {
      const view = viewOf(bytes);
      for (let i = 0; i < count; i++) out[at + i] = finite(view.getFloat64(start + 8 * i, true));
    },
  },
};

export function isRawEncoding(encoding: AudioEncoding): encoding is RawEncoding {
  return encoding in pcm;
}

export function bytesPerSample(encoding: RawEncoding): number {
  return pcm[encoding].sampleBytes;
}

/** A codec for encodings whose samples are independent: linear PCM, float, G.711. */
export function createPcmCodec(encoding: RawEncoding, channels: number): SampleCodec {
  const { sampleBytes, decode } = pcm[encoding];
  return {
    blockBytes: sampleBytes * channels,
    framesPerBlock: 1,
    channels,
    framesIn: () => 0,
    decode: (bytes, start, blocks, out, at) => decode(bytes, start, blocks * channels, out, at),
  };
}
