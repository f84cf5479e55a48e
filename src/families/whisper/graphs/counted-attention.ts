import { Float, microsoft } from '../../../onnx-graphs/graph-builder.js';
import type { GraphBuilder } from '../../../onnx-graphs/graph-builder.js';
import { isFloatMatrix } from '../../../onnx-graphs/quantized-matrix.js';
import type { WeightMatrix } from '../../../onnx-graphs/quantized-matrix.js';

/**
 * Attention to positions that count several times. A query has one number more in each head, which is 1, and a key the bias of
 * its position, so that their product is the score with the bias added. An attention that is given a bias as an input writes
 * all scores of all heads to memory, and takes 2.5 times as long.
 */
export interface Linear {
  readonly matrix: WeightMatrix;
  /** Shape (columns of the matrix). */
  readonly bias: Float32Array;
}

/** [.., rows] to queries [.., H * (D + 1)] that are scaled and end in 1 in each head. */
export function countingQuery(linear: Linear, heads: number): Linear {
  const scale = 1 / Math.sqrt(linear.matrix.columns / heads);
  return {
    matrix: widened(scaled(linear.matrix, scale), heads),
    bias: widenedRow(
      linear.bias.map((value) => value * scale),
      heads,
      1,
    ),
  };
}

/** [.., rows] to keys [.., H * (D + 1)], to which `keyBiases` are to be added; also to values of the same shape. */
export function countedKey({ matrix, bias }: Linear, heads: number): Linear {
  return { matrix: widened(matrix, heads), bias: widenedRow(bias, heads, 0) };
}

/** What is to be added to keys [1, S, H * (D + 1)]. @param bias [S]: that of each position */
export function keyBiases(g: GraphBuilder, bias: string, width: number, heads: number): string {
  const places = widenedRow(new Float32Array(width), heads, 1);
  const row = g.constant('key_bias_places', { type: 'float32', dims: [1, places.length], data: places });
  return g.op('Mul', [g.reshape(bias, [-1, 1]), row]); // [S, H * (D + 1)]
}

/** A product of what attention to values of D + 1 numbers gives: it leaves out the last one of each head. */
export function afterCounted({ matrix, bias }: Linear, heads: number): Linear {
  const { columns } = matrix;
  const rows = matrix.rows + heads;
  // A head's rows follow one another, so that a row of zeros follows each.
  const withRows = (values: Float32Array, zero: number) => widenedRow(values, heads, zero, columns);
  if (isFloatMatrix(matrix)) return { matrix: { rows, columns, floats: withRows(matrix.floats, 0) }, bias };
  const values = Uint8Array.from(withRows(Float32Array.from(matrix.values), matrix.zeroPoint));
  return { matrix: { ...matrix, rows, values }, bias };
}

/** Heads side by side in queries; keys and values side by side too, or [B, H, S, D + 1]. */
export function countedAttention(
  g: GraphBuilder,
  heads: number,
  ...queryKeyValue: readonly [query: string, key: string, value: string]
): string {
  return g.op('MultiHeadAttention', queryKeyValue, {
    domain: microsoft,
    attributes: { num_heads: heads, scale: new Float(1) },
  });
}

function scaled(matrix: WeightMatrix, factor: number): WeightMatrix {
  const times = (values: Float32Array) => values.map((value) => value * factor);
  if (isFloatMatrix(matrix)) return { ...matrix, floats: times(matrix.floats) };
  return typeof matrix.scale === 'number'
    ? { ...matrix, zeroPoint: matrix.zeroPoint, scale: matrix.scale * factor }
    : { ...matrix, zeroPoint: matrix.zeroPoint, scale: times(matrix.scale) };
}

/** Puts a column of zeros after the columns of each head. */
function widened(matrix: WeightMatrix, heads: number): WeightMatrix {
  const { rows } = matrix;
  const columns = matrix.columns + heads;
  if (isFloatMatrix(matrix)) return { rows, columns, floats: widenedRow(matrix.floats, heads * rows, 0) };
  const { zeroPoint, scale } = matrix;
  const values = Uint8Array.from(widenedRow(Float32Array.from(matrix.values), heads * rows, zeroPoint));
  if (typeof scale === 'number') return { rows, columns, values, zeroPoint, scale };
  return { rows, columns, values, zeroPoint, scale: widenedRow(scale, heads, 1) };
}

/** Puts a value, `times` times, after each of `parts` equal parts. */
function widenedRow(row: Float32Array, parts: number, value: number, times = 1): Float32Array {
  const size = row.length / parts;
  const wide = new Float32Array(row.length + parts * times).fill(value);
  for (let part = 0; part < parts; part++)
    wide.set(row.subarray(part * size, (part + 1) * size), part * (size + times));
  return wide;
}
