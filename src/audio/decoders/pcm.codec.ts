import type { AudioEncoding, RawEncoding } from '../audio.types.js';
import { alawSamples, mulawSamples } from './g711.js';
import type { SampleCodec } from './sample-codec.js';

type DecodeSamples = (bytes: Uint8Array, start: number, count: number, out: Float32Array, at: number) => void;

/** NaN and infinities become silence: a single one would never leave the filters that follow. */
function finite(value: number): number {
  if (!Number.isFinite(value)) return 0;
  return value > 1 ? 1 : value < -1 ? -1 : value;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

interface PcmEncoding {
  readonly sampleBytes: number;
  readonly decode: DecodeSamples;
}

// Integers of 16 and 24 bits are read by bytes: an Int16Array needs an aligned start, and there is none of 24 bits.
function linear16(littleEndian: boolean): PcmEncoding {
  const [low, high] = littleEndian ? [0, 1] : [1, 0];
  return {
    sampleBytes: 2,
    decode(bytes, start, count, out, at) {
      for (let i = 0, b = start; i < count; i++, b += 2) {
        out[at + i] = ((bytes[b + low]! | (bytes[b + high]! << 8)) << 16) / 2_147_483_648;
      }
    },
  };
}

function linear24(littleEndian: boolean): PcmEncoding {
  const [low, high] = littleEndian ? [0, 2] : [2, 0];
  return {
    sampleBytes: 3,
    decode(bytes, start, count, out, at) {
      for (let i = 0, b = start; i < count; i++, b += 3) {
        const value = (bytes[b + low]! << 8) | (bytes[b + 1]! << 16) | (bytes[b + high]! << 24);
        out[at + i] = value / 2_147_483_648;
      }
    },
  };
}

function linear32(littleEndian: boolean): PcmEncoding {
  return {
    sampleBytes: 4,
    decode(bytes, start, count, out, at) {
      const view = viewOf(bytes);
      for (let i = 0; i < count; i++)
        out[at + i] = view.getInt32(start + 4 * i, littleEndian) / 2_147_483_648;
    },
  };
}

function float32(littleEndian: boolean): PcmEncoding {
  return {
    sampleBytes: 4,
    decode(bytes, start, count, out, at) {
      const view = viewOf(bytes);
      for (let i = 0; i < count; i++) out[at + i] = finite(view.getFloat32(start + 4 * i, littleEndian));
    },
  };
}

function float64(littleEndian: boolean): PcmEncoding {
  return {
    sampleBytes: 8,
    decode(bytes, start, count, out, at) {
      const view = viewOf(bytes);
      for (let i = 0; i < count; i++) out[at + i] = finite(view.getFloat64(start + 8 * i, littleEndian));
    },
  };
}

function byteEach(table: Float32Array): PcmEncoding {
  return {
    sampleBytes: 1,
    decode(bytes, start, count, out, at) {
      for (let i = 0; i < count; i++) out[at + i] = table[bytes[start + i]!]!;
    },
  };
}

const pcm: Record<RawEncoding, PcmEncoding> = {
  linear8: byteEach(Float32Array.from({ length: 256 }, (_, byte) => (byte - 128) / 128)),
  signed8: byteEach(Float32Array.from({ length: 256 }, (_, byte) => ((byte << 24) >> 24) / 128)),
  linear16: linear16(true),
  linear24: linear24(true),
  linear32: linear32(true),
  float32: float32(true),
  float64: float64(true),
  linear16be: linear16(false),
  linear24be: linear24(false),
  linear32be: linear32(false),
  float32be: float32(false),
  float64be: float64(false),
  mulaw: byteEach(mulawSamples),
  alaw: byteEach(alawSamples),
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
