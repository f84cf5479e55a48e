import type { WhisperDimensions } from '../source/whisper-tensors.js';

/**
 * The graphs that the compiler writes for Whisper, and that compiled-whisper.ts runs.
 * B is the batch, C positions of 20 ms that the stem computes, S positions that the encoder hears, T tokens, H heads, D head
 * size. All tensors are float32 unless said otherwise.
 *
 * ## encoder.onnx
 * | in  | `audio`           | [1, 320 C]   | 16 kHz samples in [-1, 1]; silence follows the clip
 * | in  | `stem_positions`  | int64 [S]    | 0 to C - 1: the result of the stem that each position takes
 * | in  | `positions`       | int64 [S]    | where each position is in the window of 30 s: it selects the position encoding
 * | in  | `bias`            | [S]          | added to the scores of each position in all attentions: ln k if it stands for k
 * | out | `cross_key_{l}`   | [1, H, S, D + 1] | one per decoder layer l; the last number is the bias of the position
 * | out | `cross_value_{l}` | [1, H, S, D + 1] | the last number is 0
 *
 * ## decode-loop.onnx: language, and greedy decoding of a whole text, in one call
 * | in  | `ids`             | int64 [B, T] | the start of transcript, and before it what a prompt consists of
 * | in  | `language_mask`   | [B, special] | 1 for each token among `special` that may be the language, 0 for the others
 * | in  | `tail`            | int64 [B, F] | the tokens after the language: task, no time stamps
 * | in  | `max_steps`       | int64 []     | the most tokens of text
 * | in  | `forbid_end`      | bool []      | the text cannot be empty
 * | in  | `cross_key_{l}`   | [B, H, S, D + 1] | of the encoder; the last number is -1e9 where a row of a batch has no position
 * | in  | `cross_value_{l}` | [B, H, S, D + 1] |
 * | out | `tokens`          | int64 [1 + steps, B, 1] | the language, then the most probable token after each one; a row that
 * |     |                   |              | has reached end of text goes on with meaningless tokens: cut it there
 * | out | `log_probs`       | [1 + steps, B, 1] | of each among the tokens that are allowed; the first is meaningless
 * | out | `special_probs`   | [B, special] | after the start of transcript: probabilities of all languages and of no speech
 *
 * `special` are the tokens from end of text to no time stamps. A model of English only takes no language: the mask then
 * names the start of transcript, and the first token is not handed to the model.
 */
export const graphFiles = { encoder: 'encoder.onnx', decodeLoop: 'decode-loop.onnx' } as const;

/** Samples of a position of the encoder: two frames of 10 ms. */
export const positionSamples = 320;

/** Facts that the compiler reads from the files and the runtime needs. */
export interface WhisperFacts {
  readonly dimensions: WhisperDimensions;
  readonly tokens: SpecialTokens;
}

/** Ids of the tokens that are not text. They follow one another from `endOfText` to `noTimeStamps`. */
export interface SpecialTokens {
  readonly endOfText: number;
  readonly startOfTranscript: number;
  /** By the code that Whisper gives the language; empty for a model of English only. */
  readonly languages: Readonly<Record<string, number>>;
  /** Absent from a model of English only. */
  readonly transcribe?: number;
  readonly translate?: number;
  readonly startOfPrevious: number;
  readonly noSpeech: number;
  readonly noTimeStamps: number;
  /** Tokens that are never chosen. */
  readonly suppressed: readonly number[];
  /** Tokens that a text does not begin with, besides the end of text. */
  readonly suppressedFirst: readonly number[];
}

/** Number of tokens from the end of text to no time stamps. */
export function specialCount({ endOfText, noTimeStamps }: SpecialTokens): number {
  return noTimeStamps + 1 - endOfText;
}
