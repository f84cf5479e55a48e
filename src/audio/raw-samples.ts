import type { AudioFormat, RawFormat } from './audio.types.js';
import { detectContainer, headBytes } from './container-detection.js';
import { bytesPerSample, isRawEncoding } from './decoders/pcm.codec.js';
import { openHeaderOf } from './input-formats.js';

/** The bytes of samples of an input without any header, and their format. */
export interface RawSamples {
  readonly bytes: Uint8Array;
  readonly format: RawFormat;
}

/** @returns the format for raw bytes; undefined for ADPCM, G.722 and GSM */
export function rawFormat({ encoding, sampleRate, channels }: AudioFormat): RawFormat | undefined {
  return isRawEncoding(encoding) ? { encoding, sampleRate, channels } : undefined;
}

export function bytesPerFrame({ encoding, channels }: RawFormat): number {
  return bytesPerSample(encoding) * channels;
}

/** @returns the samples of a whole input; undefined if they cannot be read without their header */
export function rawSamplesOf(bytes: Uint8Array, format: AudioFormat): RawSamples | undefined {
  const declared = rawFormat(format);
  if (declared === undefined || format.container === 'raw') return declared && { bytes, format: declared };
  const header = openHeaderOf(detectContainer(bytes.subarray(0, headBytes), false));
  if (header === undefined) return undefined;
  const from = header.push(bytes);
  if (header.dataStart === undefined || header.format?.codec.blockBytes !== bytesPerFrame(declared)) {
    return undefined;
  }
  return { bytes: bytes.subarray(from, from + header.dataBytes), format: declared };
}
