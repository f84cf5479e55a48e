import type { DecodedTokens } from './hypothesis.js';

/** What is known, or guessed, of a text before it is decoded. */
export interface Foreknowledge {
  /** Tokens that the text begins with, because they are what an earlier part of the audio was heard as. */
  readonly prefix?: readonly number[] | undefined;
  /** Tokens that probably come next; they change the time that it takes, not the text. */
  readonly draft?: readonly number[] | undefined;
}

export interface DecodeLimits {
  readonly maxTokens: number;
  /** Whether the very first token, or the first behind a prefix, may be the end of the text. */
  readonly mayBeEmpty: boolean;
}

/** One loaded speech model on the worker's side: one file for each way in which a family is stored. */
export interface SpeechModel {
  /**
   * @param samples 16 kHz mono, shape (samples), at least `minSamples`
   * @returns the tokens behind the prefix
   */
  transcribe(samples: Float32Array, limits: DecodeLimits, known?: Foreknowledge): Promise<DecodedTokens>;
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
