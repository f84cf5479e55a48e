import { GraphBuilder, microsoft } from '../../../onnx-graphs/graph-builder.js';
import type { MatmulVariant } from '../../../onnx-graphs/matmul-variants.js';
import { countedAttention, countedKey, countingQuery, keyBiases } from './counted-attention.js';
import type { Linear } from './counted-attention.js';
import { logMel } from './log-mel.js';
import { TransformerParts } from './transformer-parts.js';
import type { WhisperWeights } from './whisper-weights.js';

/**
 * Audio to the keys and values that the decoder attends to, in one graph. There is no batch: the encoder gains nothing from
 * one. C positions of the stem, S of the encoder, H heads, D head size. graph-interface.ts documents inputs and outputs.
 */
export function encoderGraph(weights: WhisperWeights, variant: MatmulVariant): Uint8Array {
  const g = new GraphBuilder();
  const parts = new TransformerParts(g, weights, variant, true);
  const { encoderLayers, heads, melBands, width } = weights.dimensions;
  const audio = g.input('audio', 'float32', [1, 'N']);
  const stemPositions = g.input('stem_positions', 'int64', ['S']);
  const positions = g.input('positions', 'int64', ['S']);
  const biases = keyBiases(g, g.input('bias', 'float32', ['S']), width, heads);

  const computed = stem(g, weights, logMel(g, audio, melBands)); // [1, C, width]
  const taken = g.op('Gather', [computed, stemPositions], { attributes: { axis: 1 } });
  const table = g.constant('positions_table', weights.tensor('encoder.positions'));
  let sum = g.op('Add', [taken, g.op('Gather', [table, positions])]); // [1, S, width]
  for (let index = 0; index < encoderLayers; index++) {
    const layer = `encoder.${index}`;
    const normal = parts.layerNorm(sum, `${layer}.self.norm`);
    const [query, key, value] = selfProjections(g, weights, parts, normal, layer);
    const attended = countedAttention(g, heads, query, g.op('Add', [key, biases]), value);
    sum = g.op('Add', [sum, parts.linear(attended, `${layer}.self.out`)]);
    sum = parts.feedForward(sum, layer);
  }
  crossAttentionInputs(g, weights, parts, parts.layerNorm(sum, 'encoder.norm'), biases);
  return g.model('encoder');
}

/** Two convolutions over time, in floats: all that follows depends on them. [1, bands, 2 C] to [1, C, width] */
function stem(g: GraphBuilder, weights: WhisperWeights, features: string): string {
  const convolution = (input: string, name: string, stride: number) => {
    const tensors = ['weight', 'bias'].map((part) =>
      g.constant(`${name}.${part}`, weights.tensor(`${name}.${part}`)),
    );
    const filtered = g.op('Conv', [input, ...tensors], { attributes: { pads: [1, 1], strides: [stride] } });
    return g.op('Gelu', [filtered], { domain: microsoft });
  };
  const filtered = convolution(convolution(features, 'conv1', 1), 'conv2', 2); // [1, width, C]
  return g.op('Transpose', [filtered], { attributes: { perm: [0, 2, 1] } });
}

/** [1, S, width] to queries and keys with one number more in each head, and values. */
function selfProjections(
  g: GraphBuilder,
  weights: WhisperWeights,
  parts: TransformerParts,
  normal: string,
  layer: string,
): [query: string, key: string, value: string] {
  const { heads, width } = weights.dimensions;
  const [query, key, value] = ['query', 'key', 'value'].map((part) =>
    weights.linear(`${layer}.self.${part}`),
  ) as [Linear, Linear, Linear];
  const linears = [countingQuery(query, heads), countedKey(key, heads), value];
  const projected = parts.product(normal, linears, `${layer}.self.query…`);
  return g.split(projected, [width + heads, width + heads, width]) as [string, string, string];
}

/** The decoder's keys, with the bias of each position, and values of every layer. `heard` is [1, S, width]. */
function crossAttentionInputs(
  g: GraphBuilder,
  weights: WhisperWeights,
  parts: TransformerParts,
  heard: string,
  biases: string,
): void {
  const { decoderLayers, heads, width } = weights.dimensions;
  const layers = Array.from({ length: decoderLayers }, (_, layer) => `decoder.${layer}.cross`);
  const linears = layers.flatMap((layer) => [
    countedKey(weights.linear(`${layer}.key`), heads),
    countedKey(weights.linear(`${layer}.value`), heads),
  ]);
  const projected = parts.product(heard, linears, `${layers[0]!}.key…`);
  const pieces = g.split(
    projected,
    layers.flatMap(() => [width + heads, width + heads]),
  );
  const size = width / heads + 1;
  const outputByHead = (name: string, value: string) => {
    const split = g.reshape(value, [0, 0, heads, size]); // [1, S, H, size]
    const turned = g.op('Transpose', [split], { attributes: { perm: [0, 2, 1, 3] } });
    g.output(name, turned, 'float32', [1, heads, 'S', size]);
  };
  for (const layer of layers.keys()) {
    outputByHead(`cross_key_${layer}`, g.op('Add', [pieces[2 * layer]!, biases]));
    outputByHead(`cross_value_${layer}`, pieces[2 * layer + 1]!);
  }
}
