import type { Task } from './capabilities.js';
import type { DecodedTokens } from './hypothesis.js';

/** Tokens that are known, or guessed, before a text is decoded. */
export interface Foreknowledge {
  /** Tokens that the text begins with: the text of an earlier part of the audio. */
  readonly prefix?: readonly number[] | undefined;
  /** Tokens that probably come next; they change the time that decoding takes, not the text. */
  readonly draft?: readonly number[] | undefined;
}

/** Wishes of a client. A model gets only those that its capabilities name. */
export interface Instructions {
  /** A tag of the model's languages; undefined: the model detects it. */
  readonly language?: string | undefined;
  /** Tags of the model's languages among which it detects; undefined: all of them. */
  readonly languages?: readonly string[] | undefined;
  /** Each segment may be in another language: none is decided on for the whole input. */
  readonly mixedLanguages?: boolean | undefined;
  /** Text that precedes the audio: spelling of names, style. Personal data. */
  readonly prompt?: string | undefined;
  /** Undefined: `transcribe`. */
  readonly task?: Task | undefined;
  /** Nobody gets the text: it is not worth a second decode, nor more tokens than speech has. */
  readonly isTrial?: boolean | undefined;
}

export interface DecodeLimits {
  readonly maxTokens: number;
  /** Whether the very first token, or the first behind a prefix, may be the end of the text. */
  readonly mayBeEmpty: boolean;
}

/** One loaded speech model in an inference process that decodes a whole piece at once. */
export interface OfflineModel {
  /**
   * @param samples 16 kHz mono, shape (samples), at least `minSamples` of the capabilities
   * @returns the tokens behind the prefix
   */
  transcribe(
    samples: Float32Array,
    limits: DecodeLimits,
    known?: Foreknowledge & Instructions,
  ): Promise<DecodedTokens>;
  /**
   * Several pieces at once, where the capabilities allow it: each gets the text that it has alone.
   * @param limits one for each piece; `mayBeEmpty` is the same in all
   */
  transcribeTogether?(
    pieces: readonly Float32Array[],
    limits: readonly DecodeLimits[],
    instructions: Instructions,
  ): Promise<readonly DecodedTokens[]>;
  /** The text of a row of tokens. */
  textOf(tokens: readonly number[]): string;
  /** UTF-8 of one token, with the space before a word; a character can be spread over several tokens. */
  bytesOf(token: number): Uint8Array;
  dispose(): Promise<void>;
}

export function isSameInstructions(one: Instructions, other: Instructions): boolean {
  return (
    one.language === other.language &&
    one.languages?.join() === other.languages?.join() &&
    one.prompt === other.prompt &&
    one.task === other.task &&
    one.isTrial === other.isTrial
  );
}
