import { microsoft } from '../../../onnx-graphs/graph-builder.js';
import type { GraphBuilder } from '../../../onnx-graphs/graph-builder.js';
import { isFloatMatrix } from '../../../onnx-graphs/quantized-matrix.js';
import type { MatmulVariant } from '../../../onnx-graphs/matmul-variants.js';
import { afterCounted, countedAttention, countingQuery } from './counted-attention.js';
import { TransformerParts } from './transformer-parts.js';
import type { WhisperWeights } from './whisper-weights.js';

export interface KeyAndValue {
  readonly key: string;
  readonly value: string;
}

/** Names of the values that one run of the decoder's layers takes. B batch, T tokens, P past, S positions. */
export interface DecoderInputs {
  /** int64 [B, T] */
  readonly ids: string;
  /** int64 [1]: the number of positions before these. */
  readonly position: string;
  /** [B, H, P, D] key and value of each layer. */
  readonly past: readonly KeyAndValue[];
  /** [B, H, S, D + 1] key and value of each layer, from the encoder. */
  readonly cross: readonly KeyAndValue[];
}

export interface DecoderOutputs {
  /** [B, 1, C]: of the last token. */
  readonly last: string;
  /** [B, H, P + T, D] key and value of each layer. */
  readonly present: readonly KeyAndValue[];
}

/** Token ids to what the logits after the last of them are made of. */
export function decoderLayers(
  g: GraphBuilder,
  weights: WhisperWeights,
  variant: MatmulVariant,
  { ids, position, past, cross }: DecoderInputs,
): DecoderOutputs {
  const parts = new TransformerParts(g, weights, variant, false);
  const { decoderLayers: layers, heads } = weights.dimensions;
  const length = g.op('Shape', [ids], { attributes: { start: 1, end: 2 } }); // int64 [1]: T
  const table = g.constant('decoder.positions', weights.tensor('decoder.positions'));
  const encodings = g.op('Slice', [table, position, g.op('Add', [position, length]), g.integers([0])]);
  const present: KeyAndValue[] = [];
  let sum = g.op('Add', [embed(g, weights, ids), encodings]); // [B, T, C]
  for (let index = 0; index < layers; index++) {
    const layer = `decoder.${index}`;
    const own = past[index]!;
    const heard = cross[index]!;
    const projected = parts.selfProjections(parts.layerNorm(sum, `${layer}.self.norm`), layer);
    const [attended, key, value] = g.ops(
      'MultiHeadAttention',
      [...projected, '', '', '', own.key, own.value],
      3,
      { domain: microsoft, attributes: { num_heads: heads, unidirectional: 1 } },
    ) as [string, string, string];
    present.push({ key, value });
    sum = g.op('Add', [sum, parts.linear(attended, `${layer}.self.out`)]);

    const name = `${layer}.cross.query`;
    const normal = parts.layerNorm(sum, `${layer}.cross.norm`);
    const query = parts.product(normal, [countingQuery(weights.linear(name), heads)], name);
    const seen = countedAttention(g, heads, query, heard.key, heard.value);
    const out = `${layer}.cross.out`;
    sum = g.op('Add', [sum, parts.product(seen, [afterCounted(weights.linear(out), heads)], out)]);
    sum = parts.feedForward(sum, layer);
  }
  const end = g.integers([Number.MAX_SAFE_INTEGER]);
  const last = g.op('Slice', [sum, g.integers([-1]), end, g.integers([1])]);
  return { last: parts.layerNorm(last, 'decoder.norm'), present };
}

/** int64 [B, T] to [B, T, C]: of a rounded table, rows are taken as bytes and only those are made floats. */
function embed(g: GraphBuilder, weights: WhisperWeights, ids: string): string {
  const matrix = weights.matrix('embedding'); // (C, tokens)
  const rows = (value: string) => g.op('Gather', [value, ids]);
  const dims = [matrix.columns, matrix.rows];
  if (isFloatMatrix(matrix)) {
    const data = turned(matrix.floats, new Float32Array(matrix.floats.length), matrix.columns);
    return rows(g.constant('embedding', { type: 'float32', dims, data }));
  }
  const { values, scale, columns } = matrix;
  if (typeof scale === 'number') throw new RangeError('the embedding has one scale for all tokens');
  const bytes = turned(values, new Uint8Array(values.length), columns);
  // uint8 to 128 too many, which the zero point takes away.
  const whole = g.op('DequantizeLinear', [
    rows(g.constant('embedding', { type: 'uint8', dims, data: bytes })),
    g.constant('embedding.step', { type: 'float32', dims: [], data: Float32Array.of(1) }),
    g.constant('embedding.zero_point', { type: 'uint8', dims: [], data: Uint8Array.of(matrix.zeroPoint) }),
  ]);
  return g.op('Mul', [
    whole,
    rows(g.constant('embedding.scale', { type: 'float32', dims: [columns, 1], data: scale })),
  ]);
}

/** Transposes a matrix of `columns` columns. */
function turned<Numbers extends Float32Array | Uint8Array>(
  values: Numbers,
  into: Numbers,
  columns: number,
): Numbers {
  const rows = values.length / columns;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      into[column * rows + row] = values[row * columns + column]!;
    }
  }
  return into;
}
