import { collectExternalMemory } from '../../common/external-memory.js';
import type { MoonshineDimensions } from './graphs/graph-interface.js';
import type { DecodedTokens } from '../../speech-model/hypothesis.js';
import { startOfText } from './tokenizer.js';
import { boolTensor, float32Tensor, int64Tensor, output } from '../../onnx-graphs/inference-session.js';
import type { InferenceSession, Tensor } from '../../onnx-graphs/inference-session.js';

type Tensors = Readonly<Record<string, Tensor>>;

/** The text of one row, as it is collected. */
export interface RowText {
  /** Set when the text is complete. */
  readonly result: DecodedTokens | undefined;
  /** Tokens that it may still take. */
  readonly room: number;
  /** @param outputs `tokens` and `log_probs`, shape (steps, 1, 1) */
  take(outputs: Tensors): void;
}

/** Tokens decoded in one call. */
const stepsPerCall = 48;

/**
 * Decodes several pieces in one run: the weights are read once for all of them. With one scale for each row of
 * activations a row is what it would be alone. The longest text keeps the others' rows busy.
 * @param cross the encoder's results for the pieces, shape (batch, heads, most frames, head size)
 * @param frames of each piece
 * @param texts one for each piece, empty
 */
export async function decodeBatch(
  decodeLoop: InferenceSession,
  dimensions: MoonshineDimensions,
  cross: Tensors,
  frames: readonly number[],
  texts: readonly RowText[],
  mayBeEmpty: boolean,
): Promise<readonly DecodedTokens[]> {
  const batch = frames.length;
  const encoderFrames = int64Tensor(BigInt64Array.from(frames, BigInt), [batch]);
  let past = emptyPast(batch, dimensions);
  let pastLength = 0;
  let ids = BigInt64Array.from({ length: batch }, () => BigInt(startOfText));
  for (;;) {
    const room = Math.max(...texts.map((text) => (text.result === undefined ? text.room : 0)));
    const outputs = await decodeLoop.run({
      ids: int64Tensor(ids, [batch, 1]),
      max_steps: int64Tensor(BigInt64Array.of(BigInt(Math.min(stepsPerCall, room))), []),
      forbid_end: boolTensor(pastLength === 0 && !mayBeEmpty, []),
      prefix_length: int64Tensor(BigInt64Array.of(0n), [1]),
      past_length: int64Tensor(BigInt64Array.of(BigInt(pastLength)), [1]),
      encoder_frames: encoderFrames,
      ...past,
      ...cross,
    });
    for (const [row, text] of texts.entries()) {
      if (text.result === undefined) text.take(rowOf(outputs, row, batch));
    }
    const results = texts.flatMap(({ result }) => result ?? []);
    if (results.length === batch) return results;
    const tokens = output(outputs, 'tokens').data as BigInt64Array;
    ids = tokens.slice(-batch);
    pastLength += tokens.length / batch;
    past = presentOf(outputs, dimensions);
    // The keys and values of each call are a copy of those before it.
    collectExternalMemory();
  }
}

/** One row of (steps, batch, 1), as if it had been decoded alone. */
function rowOf(outputs: Tensors, row: number, batch: number): Tensors {
  const ofRow = (_: unknown, at: number): boolean => at % batch === row;
  const tokens = (output(outputs, 'tokens').data as BigInt64Array).filter(ofRow);
  const logProbs = (output(outputs, 'log_probs').data as Float32Array).filter(ofRow);
  return {
    tokens: int64Tensor(tokens, [tokens.length, 1, 1]),
    log_probs: float32Tensor(logProbs, [logProbs.length, 1, 1]),
  };
}

function emptyPast(batch: number, { layers, heads, headSize }: MoonshineDimensions): Tensors {
  const past: Record<string, Tensor> = {};
  for (let layer = 0; layer < layers; layer++) {
    for (const part of ['key', 'value']) {
      past[`past_${part}_${layer}`] = float32Tensor(new Float32Array(0), [batch, heads, 0, headSize]);
    }
  }
  return past;
}

function presentOf(outputs: Tensors, { layers }: MoonshineDimensions): Tensors {
  const past: Record<string, Tensor> = {};
  for (let layer = 0; layer < layers; layer++) {
    for (const part of ['key', 'value']) {
      past[`past_${part}_${layer}`] = output(outputs, `present_${part}_${layer}`);
    }
  }
  return past;
}
