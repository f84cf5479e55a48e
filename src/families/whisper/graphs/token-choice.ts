import { argMaxInBlocks } from '../../../onnx-graphs/arg-max.js';
import { float32 } from '../../../onnx-graphs/graph-builder.js';
import type { ConstantTensor, GraphBuilder } from '../../../onnx-graphs/graph-builder.js';
import { matmul } from '../../../onnx-graphs/matmul-variants.js';
import type { MatmulVariant } from '../../../onnx-graphs/matmul-variants.js';
import { isFloatMatrix } from '../../../onnx-graphs/quantized-matrix.js';
import type { WeightMatrix } from '../../../onnx-graphs/quantized-matrix.js';
import type { SpecialTokens } from './graph-interface.js';
import { specialCount } from './graph-interface.js';
import type { WhisperWeights } from './whisper-weights.js';

/** Logits in one block of `argMaxInBlocks`. */
const blockSize = 128;

/** Rows of `allowedTokens`. */
export const allowedRows = { later: 0, first: 1, firstOrEnd: 2 } as const;

/** V: the tokens up to no time stamps, and time stamps or nothing that fill up the last block. */
function logitCount({ noTimeStamps }: SpecialTokens): number {
  return Math.ceil((noTimeStamps + 1) / blockSize) * blockSize;
}

/** [B, 1, C] to [B, 1, V]: the probability of each token, those included that are not allowed. */
export function tokenProbabilities(
  g: GraphBuilder,
  weights: WhisperWeights,
  tokens: SpecialTokens,
  variant: MatmulVariant,
  last: string,
): string {
  const embedding = weights.matrix('embedding');
  const count = logitCount(tokens);
  const missing = Math.max(0, count - embedding.columns);
  const bias = new Float32Array(count).fill(-1e9, count - missing);
  const logits = matmul(g, variant, last, {
    name: 'logits',
    matrices: [withColumns(embedding, count)],
    ...(missing > 0 && { bias }),
  });
  return g.op('Softmax', [logits], { attributes: { axis: -1 } });
}

/** [B, 1, V] to [B, special] */
export function specialProbabilities(g: GraphBuilder, probabilities: string, tokens: SpecialTokens): string {
  const { endOfText, noTimeStamps } = tokens;
  const sliced = g.op('Slice', [
    probabilities,
    g.integers([endOfText]),
    g.integers([noTimeStamps + 1]),
    g.integers([2]),
  ]);
  return g.reshape(sliced, [0, specialCount(tokens)]);
}

export interface Choice {
  /** int64 [B, 1] */
  readonly token: string;
  /** [B, 1] */
  readonly logProb: string;
}

/** The most probable token and its log-probability among those that are allowed. @param allowed [V]: 1 or 0 */
export function chooseToken(
  g: GraphBuilder,
  tokens: SpecialTokens,
  probabilities: string,
  allowed: string,
): Choice {
  const possible = g.op('Mul', [probabilities, allowed]);
  const { place, value } = argMaxInBlocks(g, possible, logitCount(tokens) / blockSize, blockSize);
  const sum = g.op('ReduceSum', [possible, g.integers([-1])], { attributes: { keepdims: 0 } }); // [B, 1]
  return { token: place, logProb: g.op('Log', [g.op('Div', [value, sum])]) };
}

/** int64 [B, 1]: the most probable of the tokens that the mask names. */
export function chooseLanguage(
  g: GraphBuilder,
  { endOfText }: SpecialTokens,
  special: string,
  mask: string,
): string {
  // Not even a language that the model holds for impossible loses against one that the mask does not name.
  const possible = g.op('Mul', [g.op('Add', [special, g.constant('least_chance', float32([1e-30]))]), mask]);
  const best = g.op('ArgMax', [possible], { attributes: { axis: -1, keepdims: 1 } });
  return g.op('Add', [best, g.integers([endOfText])]);
}

/** [3, V]: 1 for each token that may be chosen, 0 for the others; for later tokens, the first one, and a first one or the end. */
export function allowedTokens(tokens: SpecialTokens): ConstantTensor {
  const { endOfText, suppressed, suppressedFirst } = tokens;
  const count = logitCount(tokens);
  const rows = [0, 1, 2].map((row) => {
    const allowed = new Float32Array(count).fill(1, 0, endOfText + 1);
    for (const token of suppressed) allowed[token] = 0;
    if (row !== allowedRows.later) for (const token of suppressedFirst) allowed[token] = 0;
    allowed[endOfText] = row === allowedRows.first ? 0 : 1;
    return [...allowed];
  });
  return float32(rows.flat(), [rows.length, count]);
}

/** The first columns of a matrix, or it with columns of zeros behind. */
function withColumns(matrix: WeightMatrix, columns: number): WeightMatrix {
  const copy = <Numbers extends Float32Array | Uint8Array>(from: Numbers, to: Numbers): Numbers => {
    const kept = Math.min(columns, matrix.columns);
    for (let row = 0; row < matrix.rows; row++) {
      to.set(from.subarray(row * matrix.columns, row * matrix.columns + kept), row * columns);
    }
    return to;
  };
  const { rows } = matrix;
  if (isFloatMatrix(matrix))
    return { rows, columns, floats: copy(matrix.floats, new Float32Array(rows * columns)) };
  const { scale, zeroPoint } = matrix;
  const values = copy(matrix.values, new Uint8Array(rows * columns).fill(zeroPoint));
  if (typeof scale === 'number') return { rows, columns, values, scale, zeroPoint };
  const scales = new Float32Array(columns).fill(1);
  scales.set(scale.subarray(0, columns));
  return { rows, columns, values, scale: scales, zeroPoint };
}
