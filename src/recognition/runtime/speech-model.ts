import type { DecodedTokens } from '../decoding/hypothesis.js';

export interface DecodeLimits {
  readonly maxTokens: number;
  /** Whether the very first token may be the end of the text. */
  readonly mayBeEmpty: boolean;
}

/** One loaded speech model on the worker's side: one file for each way in which a family is stored. */
export interface SpeechModel {
  /**
   * @param samples 16 kHz mono, shape (samples), at least `minSamples`
   * @param draft tokens that the text probably begins with; they change the time that it takes, not the text
   */
  transcribe(samples: Float32Array, limits: DecodeLimits, draft?: readonly number[]): Promise<DecodedTokens>;
  /**
   * Several pieces at once, where the model can: each gets the text that it has alone.
   * @param limits one for each piece; `mayBeEmpty` is the same in all
   */
  transcribeTogether?(
    pieces: readonly Float32Array[],
    limits: readonly DecodeLimits[],
  ): Promise<readonly DecodedTokens[]>;
  /** What a row of tokens says. */
  textOf(tokens: readonly number[]): string;
  readonly minSamples: number;
  dispose(): Promise<void>;
}
