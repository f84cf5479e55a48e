import { Float, float32, microsoft } from '../../../onnx-graphs/graph-builder.js';
import type { GraphBuilder } from '../../../onnx-graphs/graph-builder.js';
import { matmul } from '../../../onnx-graphs/matmul-variants.js';
import type { MatmulVariant } from '../../../onnx-graphs/matmul-variants.js';
import type { QuantizedMatrix } from '../../../onnx-graphs/quantized-matrix.js';
import type { MoonshineSource } from './moonshine-source.js';
import { rowsAt } from './spoken-pieces.js';
import { TransformerParts } from './transformer-parts.js';

/** Names of the values that one run of the decoder's layers takes. B batch, T tokens, P past, S frames. */
export interface DecoderInputs {
  /** int64 [B, T] */
  readonly ids: string;
  /** int64 [1]: the number of positions before these. */
  readonly position: string;
  /** [B, H, P, D] key and value of each layer. */
  readonly past: readonly KeyAndValue[];
  /** [B, H, S, D] key and value of each layer, from the encoder. */
  readonly cross: readonly KeyAndValue[];
  /** [B, 1, T, S]: 0, or a very low number where the frame is not attended to. */
  readonly crossBias: string;
}

export interface KeyAndValue {
  readonly key: string;
  readonly value: string;
}

export interface DecoderOutputs {
  /** [B, T, V]: one for each token of `MoonshineSource.spoken`. */
  readonly logits: string;
  /** [B, H, P + T, D] key and value of each layer. */
  readonly present: readonly KeyAndValue[];
}

/** Token ids to the logits of the next tokens. */
export function decoderLayers(
  g: GraphBuilder,
  source: MoonshineSource,
  variant: MatmulVariant,
  inputs: DecoderInputs,
): DecoderOutputs {
  const parts = new TransformerParts(g, source);
  const { layers, heads, hidden } = source.dimensions;
  const present: KeyAndValue[] = [];
  let sum = embed(g, source, inputs.ids); // [B, T, C]
  let normed = parts.layerNorm(sum, 'layer_0.norm', source.decoderVector('layers.0.input_layernorm.weight'));
  for (let layer = 0; layer < layers; layer++) {
    const matrix = (name: string) => source.decoderMatrix(`layers.${layer}/${name}`);
    const vector = (name: string) => source.decoderVector(`layers.${layer}.${name}`);
    const past = inputs.past[layer] as KeyAndValue;
    const cross = inputs.cross[layer] as KeyAndValue;

    const projected = matmul(g, variant, normed, {
      name: `layer_${layer}.qkv`,
      matrices: [matrix('self_attn/q_proj'), matrix('self_attn/k_proj'), matrix('self_attn/v_proj')],
    }); // [B, T, 3C]
    const [query, key, value] = g.split(projected, [hidden, hidden, hidden]) as [string, string, string];
    const rotated = [parts.rotate(query, inputs.position), parts.rotate(key, inputs.position), value];
    const [attended, presentKey, presentValue] = g.ops(
      'MultiHeadAttention',
      [...rotated, '', '', '', past.key, past.value],
      3,
      { domain: microsoft, attributes: { num_heads: heads, unidirectional: 1 } },
    ) as [string, string, string]; // [B, T, C]
    present.push({ key: presentKey, value: presentValue });
    const attention = matmul(g, variant, attended, {
      name: `layer_${layer}.attention_output`,
      matrices: [matrix('self_attn/dense')],
    });
    sum = g.op('Add', [sum, attention]);
    normed = parts.layerNorm(sum, `layer_${layer}.cross_norm`, vector('post_attention_layernorm.weight'));

    const crossQuery = matmul(g, variant, normed, {
      name: `layer_${layer}.cross_query`,
      matrices: [matrix('encoder_attn/q_proj')],
    });
    const seen = g.op('MultiHeadAttention', [crossQuery, cross.key, cross.value, '', '', inputs.crossBias], {
      domain: microsoft,
      attributes: { num_heads: heads },
    }); // [B, T, C]
    const crossAttention = matmul(g, variant, seen, {
      name: `layer_${layer}.cross_output`,
      matrices: [matrix('encoder_attn/dense')],
    });
    sum = g.op('Add', [sum, crossAttention]);
    normed = parts.layerNorm(sum, `layer_${layer}.mlp_norm`, vector('final_layernorm.weight'));

    const widened = matmul(g, variant, normed, {
      name: `layer_${layer}.mlp_1`,
      matrices: [matrix('mlp/up_proj')],
      bias: vector('mlp.up_proj.bias'),
    }); // [B, T, 8C]
    const [content, gate] = g.split(widened, [4 * hidden, 4 * hidden]) as [string, string];
    // With alpha 1 this is SiLU: x * sigmoid(x).
    const opened = g.op('QuickGelu', [gate], { domain: microsoft, attributes: { alpha: new Float(1) } });
    const narrowed = matmul(g, variant, g.op('Mul', [opened, content]), {
      name: `layer_${layer}.mlp_2`,
      matrices: [matrix('mlp/down_proj')],
      bias: vector('mlp.down_proj.bias'),
    }); // [B, T, C]
    sum = g.op('Add', [sum, narrowed]);
    const next = layer + 1 === layers ? 'norm.weight' : `layers.${layer + 1}.input_layernorm.weight`;
    normed = parts.layerNorm(sum, `layer_${layer + 1}.norm`, source.decoderVector(next));
  }
  const logits = matmul(g, variant, normed, {
    name: 'logits',
    matrices: [transposed(rowsAt(source.embedding(), source.spoken))],
  });
  return { logits, present };
}

/** int64 [B, T] to [B, T, C]: rows are taken as bytes and only those are made floats. */
function embed(g: GraphBuilder, source: MoonshineSource, ids: string): string {
  const { rows, columns, values, scale, zeroPoint } = source.embedding();
  const table = g.constant('embedding', { type: 'uint8', dims: [rows, columns], data: values });
  return g.op('DequantizeLinear', [
    g.op('Gather', [table, ids], { attributes: { axis: 0 } }),
    g.constant('embedding.scale', float32([scale], [])),
    g.constant('embedding.zero_point', { type: 'uint8', dims: [], data: Uint8Array.of(zeroPoint) }),
  ]);
}

function transposed(matrix: QuantizedMatrix): QuantizedMatrix {
  const { rows, columns, values } = matrix;
  const turned = new Uint8Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      turned[column * rows + row] = values[row * columns + column] as number;
    }
  }
  return { ...matrix, rows: columns, columns: rows, values: turned };
}
