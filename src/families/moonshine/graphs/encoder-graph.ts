import { GraphBuilder, int64, microsoft } from '../../../onnx-graphs/graph-builder.js';
import { matmul } from '../../../onnx-graphs/matmul-variants.js';
import type { MatmulVariant } from '../../../onnx-graphs/matmul-variants.js';
import { audioFrames } from './audio-frames.js';
import type { MoonshineSource } from './moonshine-source.js';
import { TransformerParts } from './transformer-parts.js';

const oneSequence = true;

/**
 * Audio to the keys and values that the decoder attends to, in one graph. N samples, S frames, C hidden, H heads, D head
 * size. There is no batch: the encoder gains nothing from one. graph-interface.ts documents inputs and outputs.
 */
export function encoderGraph(source: MoonshineSource, variant: MatmulVariant): Uint8Array {
  const g = new GraphBuilder();
  const parts = new TransformerParts(g, source);
  const { hidden, heads } = source.dimensions;
  const audio = g.input('audio', 'float32', [1, 'N']);
  const firstPosition = g.constant('first_position', int64([0]));

  let sum = audioFrames(g, source, variant, audio); // [1, S, C]
  let normed = parts.layerNorm(sum, 'layer_0.norm', source.encoderVector('layers.0.input_layernorm.weight'));
  for (let layer = 0; layer < source.encoderLayers; layer++) {
    const matrix = (name: string) => source.encoderMatrix(`layers.${layer}/${name}`);
    const vector = (name: string) => source.encoderVector(`layers.${layer}.${name}`);

    const projected = matmul(g, variant, normed, {
      name: `layer_${layer}.qkv`,
      matrices: [matrix('self_attn/q_proj'), matrix('self_attn/k_proj'), matrix('self_attn/v_proj')],
      oneSequence,
    }); // [1, S, 3C]
    const [query, key, value] = g.split(projected, [hidden, hidden, hidden]) as [string, string, string];
    const attended = g.op(
      'MultiHeadAttention',
      [parts.rotate(query, firstPosition), parts.rotate(key, firstPosition), value],
      { domain: microsoft, attributes: { num_heads: heads } },
    ); // [1, S, C]
    const attention = matmul(g, variant, attended, {
      name: `layer_${layer}.attention_output`,
      matrices: [matrix('self_attn/dense')],
      oneSequence,
    });
    sum = g.op('Add', [sum, attention]);
    normed = parts.layerNorm(sum, `layer_${layer}.mlp_norm`, vector('post_attention_layernorm.weight'));

    const widened = matmul(g, variant, normed, {
      name: `layer_${layer}.mlp_1`,
      matrices: [matrix('mlp/fc1')],
      bias: vector('mlp.fc1.bias'),
      oneSequence,
    }); // [1, S, 4C]
    const narrowed = matmul(g, variant, g.op('Gelu', [widened], { domain: microsoft }), {
      name: `layer_${layer}.mlp_2`,
      matrices: [matrix('mlp/fc2')],
      bias: vector('mlp.fc2.bias'),
      oneSequence,
    }); // [1, S, C]
    sum = g.op('Add', [sum, narrowed]);
    const isLast = layer + 1 === source.encoderLayers;
    normed = parts.layerNorm(
      sum,
      `layer_${layer + 1}.norm`,
      source.encoderVector(isLast ? 'layer_norm.weight' : `layers.${layer + 1}.input_layernorm.weight`),
    );
  }
  crossAttentionInputs(g, source, variant, normed);
  return g.model('encoder');
}

/** The decoder's keys and values of every layer, in one product. `normed` is [1, S, C]. */
function crossAttentionInputs(
  g: GraphBuilder,
  source: MoonshineSource,
  variant: MatmulVariant,
  normed: string,
): void {
  const { layers, heads, headSize, hidden } = source.dimensions;
  const names = Array.from({ length: layers }, (_, layer) => [
    { output: `cross_key_${layer}`, matrix: `layers.${layer}/encoder_attn/k_proj` },
    { output: `cross_value_${layer}`, matrix: `layers.${layer}/encoder_attn/v_proj` },
  ]).flat();
  const projected = matmul(g, variant, normed, {
    name: 'cross',
    matrices: names.map(({ matrix }) => source.decoderMatrix(matrix)),
    oneSequence,
  }); // [1, S, 2LC]
  const pieces = g.split(
    projected,
    names.map(() => hidden),
  );
  for (const [index, { output }] of names.entries()) {
    const byHead = g.reshape(pieces[index] as string, [0, 0, heads, headSize]); // [1, S, H, D]
    const value = g.op('Transpose', [byHead], { attributes: { perm: [0, 2, 1, 3] } });
    g.output(output, value, 'float32', [1, heads, 'S', headSize]);
  }
}
