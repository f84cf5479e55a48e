/**
 * The graphs that the compiler writes for Moonshine, and that compiled-moonshine.ts runs.
 * B is the batch, N samples, S encoder frames, T tokens, P positions of the past, H heads, D head size,
 * V tokens that a text can consist of (spoken-pieces.ts). All tensors are float32 unless said otherwise.
 *
 * ## encoder.onnx
 * | in  | `audio`               | [B, N]       | 16 kHz samples in [-1, 1], padding included; N >= `minEncoderSamples`
 * | out | `cross_key_{l}`       | [B, H, S, D] | one per decoder layer l; S = frames of N samples (`encoderFrames`)
 * | out | `cross_value_{l}`     | [B, H, S, D] |
 *
 * ## decode-loop.onnx: greedy decoding from any past, in one call
 * | in  | `ids`                 | int64 [B, T] | the first token: start of text, or the token after the past; with B = 1
 * |     |                       |              | a prefix and a draft of the next tokens may follow it (T > 1)
 * | in  | `prefix_length`       | int64 [1]    | number of `ids` after the first that are given: the text keeps them whatever the model chooses
 * | in  | `max_steps`           | int64 []     | the most tokens, or those of the draft if they are more; ends earlier
 * |     |                       |              | when every row has reached end of text
 * | in  | `forbid_end`          | bool []      | end of text (and the two special ids below it) cannot be the first choice after
 * |     |                       |              | the prefix
 * | in  | `past_length`         | int64 [1]    | positions of the past to keep, 0 to P; the rest is cut off
 * | in  | `encoder_frames`      | int64 [B]    | valid frames of each row; frames beyond are not attended to
 * | in  | `past_key_{l}`        | [B, H, P, D] | P = 0 to start from nothing
 * | in  | `past_value_{l}`      | [B, H, P, D] |
 * | in  | `cross_key_{l}`       | [B, H, S, D] | of the encoder
 * | in  | `cross_value_{l}`     | [B, H, S, D] |
 * | out | `tokens`              | int64 [steps, B, 1] | the most probable token after each one; a row that has reached
 * |     |                       |              | end of text (2) goes on with meaningless tokens: cut it there
 * | out | `log_probs`           | [steps, B, 1] | its log-probability among the V tokens, end of text included
 * | out | `present_key_{l}`     | [B, H, past_length + steps, D] | the past with which decoding can go on from the last token
 * | out | `present_value_{l}`   | [B, H, past_length + steps, D] |
 *
 * A draft changes the time that decoding takes, not the result. One causal step runs all of it; the model's own choices
 * are kept up to and including the first that differs from the draft, and decoding goes on from there, token by token.
 * Tokens after a rejected one are cut out of the past. A prefix precedes the draft: it is the known text of the beginning
 * of the audio, and is kept whatever the model would have chosen.
 */
export const graphFiles = { encoder: 'encoder.onnx', decodeLoop: 'decode-loop.onnx' } as const;

/** Facts that the compiler reads from the files and the runtime needs. */
export interface MoonshineDimensions {
  /** Layers of the decoder. */
  readonly layers: number;
  readonly heads: number;
  readonly headSize: number;
  readonly hidden: number;
  /** Text tokens: the ids 0 to vocabulary - 1. */
  readonly vocabulary: number;
  /** The number of values of each head, from its first on, that are rotated. */
  readonly rotary: number;
  /** Positions that the rotation tables hold: the most encoder frames, and the most tokens. */
  readonly maxPositions: number;
}

/** Samples that the encoder needs for one frame. */
export const minEncoderSamples = 895;

/** S of the encoder's results for N samples: three convolutions of 127, 7 and 3 taps with strides 64, 3 and 2. */
export function encoderFrames(samples: number): number {
  const first = Math.floor((samples - 127) / 64) + 1;
  const second = Math.floor((first - 7) / 3) + 1;
  return Math.floor((second - 3) / 2) + 1;
}
