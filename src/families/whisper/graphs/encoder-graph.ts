import { GraphBuilder, microsoft } from '../../../onnx-graphs/graph-builder.js';
import type { MatmulVariant } from '../../../onnx-graphs/matmul-variants.js';
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
  const { encoderLayers, heads, melBands } = weights.dimensions;
  const audio = g.input('audio', 'float32', [1, 'N']);
  const stemPositions = g.input('stem_positions', 'int64', ['S']);
  const positions = g.input('positions', 'int64', ['S']);
  const bias = biasOfScores(g, g.input('bias', 'float32', ['S']));

  const computed = stem(g, weights, logMel(g, audio, melBands)); // [1, C, width]
  const taken = g.op('Gather', [computed, stemPositions], { attributes: { axis: 1 } });
  const table = g.constant('positions_table', weights.tensor('encoder.positions'));
  let sum = g.op('Add', [taken, g.op('Gather', [table, positions])]); // [1, S, width]
  for (let index = 0; index < encoderLayers; index++) {
    const layer = `encoder.${index}`;
    const projected = parts.selfProjections(parts.layerNorm(sum, `${layer}.self.norm`), layer);
    const attended = g.op('MultiHeadAttention', [...projected, '', '', bias], {
      domain: microsoft,
      attributes: { num_heads: heads },
    });
    sum = g.op('Add', [sum, parts.linear(attended, `${layer}.self.out`)]);
    sum = parts.feedForward(sum, layer);
  }
  crossAttentionInputs(g, weights, parts, parts.layerNorm(sum, 'encoder.norm'));
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

/** [S] to [1, 1, S, S]: the same for every query. */
function biasOfScores(g: GraphBuilder, bias: string): string {
  const one = g.integers([1]);
  const count = g.op('Shape', [bias]);
  return g.op('Expand', [bias, g.op('Concat', [one, one, count, count], { attributes: { axis: 0 } })]);
}

/** The decoder's keys and values of every layer. `heard` is [1, S, width]. */
function crossAttentionInputs(
  g: GraphBuilder,
  { dimensions: { decoderLayers, heads, width } }: WhisperWeights,
  parts: TransformerParts,
  heard: string,
): void {
  const names = Array.from({ length: decoderLayers }, (_, layer) => [
    { output: `cross_key_${layer}`, linear: `decoder.${layer}.cross.key` },
    { output: `cross_value_${layer}`, linear: `decoder.${layer}.cross.value` },
  ]).flat();
  const projected = parts.linear(heard, ...names.map(({ linear }) => linear)); // [1, S, 2 * layers * width]
  const pieces = g.split(
    projected,
    names.map(() => width),
  );
  for (const [index, { output }] of names.entries()) {
    const byHead = g.reshape(pieces[index] as string, [0, 0, heads, width / heads]); // [1, S, H, D]
    const value = g.op('Transpose', [byHead], { attributes: { perm: [0, 2, 1, 3] } });
    g.output(output, value, 'float32', [1, heads, 'S', width / heads]);
  }
}
