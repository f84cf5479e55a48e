import { SpeechError } from '../../../common/errors/speech-error.js';
import type { SampleFormat } from '../sample-format.js';

/** The next bytes of a header: to be kept and read, or to be skipped. */
interface NextBytes {
  readonly count: number;
  readonly kept: boolean;
}

/** The outcome of reading a header: the samples that follow it. */
export interface FoundSamples {
  readonly format: SampleFormat;
  /** Bytes of samples that the header claims; Infinity if it does not state a size. */
  readonly claimedBytes: number;
  /** Recognizes what may follow the samples. Without it, all bytes after the header are samples. */
  readonly trailer?: Trailer;
}

/** Recognizes a chunk after the claimed samples: bytes that are not one are more samples. */
export interface Trailer {
  /** Bytes that may fill up the samples to an even or round size. */
  readonly padding: number;
  /** Bytes of a name that `isName` recognizes. */
  readonly nameBytes: number;
  readonly isName: (bytes: Uint8Array) => boolean;
}

/**
 * Reads a header from top to bottom, and waits at each `yield` until the bytes that it wants have arrived.
 * @throws SpeechError AUDIO_CORRUPT, AUDIO_UNSUPPORTED_FORMAT, AUDIO_INVALID_RATE, AUDIO_INVALID_CHANNELS
 */
export type HeaderReading = Generator<NextBytes, FoundSamples, DataView>;

/** More than any real file has. A file that consists of chunk headers must not keep the service busy. */
export const maxChunks = 256;

/** Waits for `count` bytes, and returns them. */
export function* take(count: number): Generator<NextBytes, DataView, DataView> {
  return yield { count, kept: true };
}

/** Waits until `count` bytes have passed by. */
export function* skip(count: number): Generator<NextBytes, void, DataView> {
  if (count > 0) yield { count, kept: false };
}

/** @returns four bytes as text: the name of a chunk or of an encoding */
export function nameAt(view: DataView, at: number): string {
  return String.fromCharCode(
    view.getUint8(at),
    view.getUint8(at + 1),
    view.getUint8(at + 2),
    view.getUint8(at + 3),
  );
}

/** @returns the size of samples; Infinity for the 0 or -1 that interrupted recorders leave in a header */
export function claimedOrEndless(bytes: number): number {
  return bytes > 0 ? bytes : Infinity;
}

export function corrupt(message: string): SpeechError {
  return new SpeechError('AUDIO_CORRUPT', message);
}

/** @param contains the name of what the file contains */
export function unsupported(file: string, contains: string): SpeechError {
  return new SpeechError(
    'AUDIO_UNSUPPORTED_FORMAT',
    `The ${file} file contains ${contains}. Accepted are PCM of 8, 16, 24 and 32 bits, float, mu-law and A-law.`,
  );
}
