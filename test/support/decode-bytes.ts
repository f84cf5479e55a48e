import { createAudioDecoder } from '../../src/audio/audio-decoder.factory.js';
import type { AudioFormat, DeclaredFormat } from '../../src/audio/audio.types.js';
import { SpeechError } from '../../src/common/errors/speech-error.js';

interface Decoded {
  readonly format: AudioFormat | undefined;
  readonly samples: readonly number[];
  readonly seconds: number | undefined;
}

/** Decodes a whole input in pieces. @param nextPiece bytes of the next piece */
export function decodeBytes(
  bytes: Uint8Array,
  nextPiece: () => number = () => bytes.length,
  declared?: DeclaredFormat,
): Decoded {
  const decoder = createAudioDecoder(declared);
  const samples: number[] = [];
  let from = 0;
  while (from < bytes.length) {
    const to = from + nextPiece();
    for (const sample of decoder.push(bytes.subarray(from, to))?.samples ?? []) samples.push(sample);
    from = to;
  }
  for (const sample of decoder.flush()?.samples ?? []) samples.push(sample);
  return { format: decoder.format, samples, seconds: decoder.durationOf(bytes.length) };
}

/** @returns the error of an input that is rejected; undefined for one that is decoded */
export function decodingErrorOf(bytes: Uint8Array): SpeechError | undefined {
  try {
    decodeBytes(bytes);
  } catch (error) {
    if (error instanceof SpeechError) return error;
    throw error;
  }
  return undefined;
}
