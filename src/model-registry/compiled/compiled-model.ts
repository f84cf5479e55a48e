import type { SpeechModelDimensions } from '../../families/moonshine/graphs/moonshine-source.js';

/**
 * What the compiler writes: models/<id>/<version>/compiled/<variant>/ with compiled.json and the graphs below.
 * B is the batch, N samples, S encoder frames, T tokens, P positions of the past, H heads, D head size,
 * V tokens that a text can consist of (spoken-pieces.ts). All tensors are float32 unless said otherwise.
 *
 * ## encoder.onnx
 * | in  | `audio`               | [B, N]       | 16 kHz samples in [-1, 1], padding included; N >= `minEncoderSamples`
 * | out | `cross_key_{l}`       | [B, H, S, D] | one per decoder layer l; S = frames of N samples (`encoderFrames`)
 * | out | `cross_value_{l}`     | [B, H, S, D] |
 *
 * ## decode-loop.onnx: greedy decoding from any past, in one call
 * | in  | `ids`                 | int64 [B, T] | the token to start from: start of text, or the one that follows the past;
 * |     |                       |              | with B = 1, behind it, a prefix and a draft of what comes next (T > 1)
 * | in  | `prefix_length`       | int64 [1]    | so many of `ids` behind the first are the text's, whatever the model thinks of them
 * | in  | `max_steps`           | int64 []     | at most so many tokens, or those of the draft if they are more; ends earlier
 * |     |                       |              | when every row has met end of text
 * | in  | `forbid_end`          | bool []      | end of text (and the two special ids below it) cannot be the first choice behind
 * |     |                       |              | the prefix
 * | in  | `past_length`         | int64 [1]    | positions of the past to keep, 0 to P; the rest is cut off
 * | in  | `encoder_frames`      | int64 [B]    | valid frames of each row; frames beyond are not attended to
 * | in  | `past_key_{l}`        | [B, H, P, D] | P = 0 to start from nothing
 * | in  | `past_value_{l}`      | [B, H, P, D] |
 * | in  | `cross_key_{l}`       | [B, H, S, D] | of the encoder
 * | in  | `cross_value_{l}`     | [B, H, S, D] |
 * | out | `tokens`              | int64 [steps, B, 1] | the most probable token after each one; a row that has met end
 * |     |                       |              | of text (2) goes on with meaningless tokens: cut it there
 * | out | `log_probs`           | [steps, B, 1] | its log-probability among the V tokens, end of text included
 * | out | `present_key_{l}`     | [B, H, past_length + steps, D] | hand back as the past to go on from the last token
 * | out | `present_value_{l}`   | [B, H, past_length + steps, D] |
 *
 * A draft changes the time that it takes, not the results: all of it is run in one step (causal), the model's own
 * choices are kept up to and including the first that is not the draft's, and decoding goes on from there, token by
 * token. Tokens that the model chose after a rejected one are cut out of the past. A prefix stands before the draft and
 * is what is known of the beginning of the audio: it is kept whatever the model would have chosen.
 *
 * ## voice-activity.onnx (Silero)
 * | in  | `windows`             | [B, T, 576]  | 64 samples of context and 512 new ones; T windows one after the other
 * | in  | `hidden`, `cell`      | [B, 128]     | zeros at the start of a stream
 * | out | `probabilities`       | [B, T]       | of speech in each window
 * | out | `next_hidden`, `next_cell` | [B, 128] |
 */
export interface CompiledModel {
  readonly format: 1;
  /** sha256 over the source files' hashes, the compiler's version and the options: the graphs are valid for this alone. */
  readonly key: string;
  readonly compilerVersion: number;
  readonly modelId: string;
  readonly modelVersion: number;
  readonly variant: Variant | VoiceActivityVariant;
  /** Keyed by role; paths are relative to the folder of compiled.json. */
  readonly files: Readonly<Partial<Record<GraphRole, CompiledFile>>>;
  /** Of a speech model; absent for voice activity. */
  readonly dimensions?: SpeechModelDimensions;
}

export type GraphRole = 'encoder' | 'decodeLoop' | 'voiceActivity';

export interface CompiledFile {
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** `<weights and activations>` or `<encoder>-<decoder>`; what each does is told in matmul-variants.ts. */
export const variants = ['dq', 'rq', 'dq7', 'f32', 'dq-rq', 'f32-dq', 'f32-rq'] as const;
export type Variant = (typeof variants)[number];

/**
 * Whether the decoder gives a row of a batch exactly what it gives it alone: with a scale of activations for each row
 * it does (measured on the whole corpus). One scale for all does not, and floats are rounded otherwise in a batch.
 */
export function isBatchInvariant(variant: Variant): boolean {
  return variant.split('-').at(-1) === 'rq';
}

export type VoiceActivityVariant = 'float';

/** File name of each graph. */
export const graphFiles: Readonly<Record<GraphRole, string>> = {
  encoder: 'encoder.onnx',
  decodeLoop: 'decode-loop.onnx',
  voiceActivity: 'voice-activity.onnx',
};

/** The least audio of which the encoder makes a frame. */
export const minEncoderSamples = 895;

/** S of the encoder's results for N samples: three convolutions of 127, 7 and 3 taps with strides 64, 3 and 2. */
export function encoderFrames(samples: number): number {
  const first = Math.floor((samples - 127) / 64) + 1;
  const second = Math.floor((first - 7) / 3) + 1;
  return Math.floor((second - 3) / 2) + 1;
}
