import { GraphBuilder, Text } from '../../../onnx-graphs/graph-builder.js';
import { frameSamples, frequencies, stateSize } from './silero-source.js';
import type { SileroSource } from './silero-source.js';

const windowSamples = 576;
/** Samples that are mirrored at the end of a window, so that it holds whole frames. */
const mirroredSamples = 64;

/**
 * Silero voice activity over many windows at once: every part but the recurrent cell sees each window alone, and is computed
 * as products over all windows of all streams. graph-interface.ts documents inputs and outputs. B streams, T windows.
 */
export function voiceActivityGraph(source: SileroSource): Uint8Array {
  const g = new GraphBuilder();
  const windows = g.input('windows', 'float32', ['B', 'T', windowSamples]);
  const hidden = g.input('hidden', 'float32', ['B', stateSize]);
  const cell = g.input('cell', 'float32', ['B', stateSize]);

  const spectra = magnitudes(g, source, windows); // [B, T, 4, 129]
  const features = encode(g, source, spectra); // [B, T, 128]
  const inOrder = g.op('Transpose', [features], { attributes: { perm: [1, 0, 2] } }); // [T, B, 128]
  const direction = g.integers([0]);
  const [states, lastHidden, lastCell] = g.ops(
    'LSTM',
    [
      inOrder,
      ...cellWeights(g, source),
      '',
      g.op('Unsqueeze', [hidden, direction]), // [1, B, 128]
      g.op('Unsqueeze', [cell, direction]),
    ],
    3,
    { attributes: { hidden_size: stateSize } },
  ) as [string, string, string]; // [T, 1, B, 128], [1, B, 128], [1, B, 128]

  const { weights, bias } = source.classifier();
  const classifier = g.constant('classifier.weights', {
    type: 'float32',
    dims: [stateSize, 1],
    data: weights,
  });
  const logits = g.op('MatMul', [g.op('Relu', [states]), classifier]); // [T, 1, B, 1]
  const shifted = g.op('Add', [
    logits,
    g.constant('classifier.bias', { type: 'float32', dims: [1], data: bias }),
  ]);
  const byStream = g.op('Transpose', [g.op('Squeeze', [shifted, g.integers([1, 3])])], {
    attributes: { perm: [1, 0] },
  });
  g.output('probabilities', g.op('Sigmoid', [byStream]), 'float32', ['B', 'T']);
  g.output('next_hidden', g.op('Squeeze', [lastHidden, direction]), 'float32', ['B', stateSize]);
  g.output('next_cell', g.op('Squeeze', [lastCell, direction]), 'float32', ['B', stateSize]);
  return g.model('voice activity');
}

/** [B, T, 576] to the magnitudes of 129 frequencies in four frames, [B, T, 4, 129]. */
function magnitudes(g: GraphBuilder, source: SileroSource, windows: string): string {
  const mirrored = g.op('Pad', [windows, g.integers([0, 0, 0, 0, 0, mirroredSamples])], {
    attributes: { mode: new Text('reflect') },
  }); // [B, T, 640]
  const halves = g.reshape(mirrored, [0, 0, -1, frameSamples / 2]); // [B, T, 5, 128]
  const frames = g.op('Concat', [slice(g, halves, 0, 4), slice(g, halves, 1, 5)], {
    attributes: { axis: -1 },
  });
  const basis = g.constant('fourier_basis', {
    type: 'float32',
    dims: [frameSamples, 2 * frequencies],
    data: transposed(source.fourierBasis(), 2 * frequencies, frameSamples),
  });
  const [real, imaginary] = g.split(g.op('MatMul', [frames, basis]), [frequencies, frequencies]) as [
    string,
    string,
  ];
  const power = g.op('Add', [g.op('Mul', [real, real]), g.op('Mul', [imaginary, imaginary])]);
  return g.op('Sqrt', [power]);
}

/**
 * Four convolutions of three taps with a frame of zeros at both ends. With strides 1, 2, 2, 1 the four frames become
 * 4, 2, 1 and 1, so each is a product with the taps that do not meet zeros only. [B, T, 4, 129] to [B, T, 128].
 */
function encode(g: GraphBuilder, source: SileroSource, spectra: string): string {
  const padded = g.op('Pad', [spectra, g.integers([0, 0, 1, 0, 0, 0, 1, 0])]); // [B, T, 6, 129]
  const around = [slice(g, padded, 0, 4), slice(g, padded, 1, 5), slice(g, padded, 2, 6)];
  const neighbours = g.op('Concat', around, { attributes: { axis: -1 } }); // [B, T, 4, 387]
  const first = convolve(g, source, neighbours, {
    index: 0,
    filters: 128,
    channels: frequencies,
    taps: [0, 1, 2],
  });

  const ahead = g.op('Pad', [first, g.integers([0, 0, 1, 0, 0, 0, 0, 0])]); // [B, T, 5, 128]
  // Frames -1, 0, 1 and 1, 2, 3.
  const [before, at] = g.split(g.reshape(slice(g, ahead, 0, 4), [0, 0, 2, 256]), [128, 128]) as [
    string,
    string,
  ];
  const after = g.op('Slice', [ahead, g.integers([2]), g.integers([5]), g.integers([2]), g.integers([2])]); // [B, T, 2, 128]
  const pairs = g.op('Concat', [before, at, after], { attributes: { axis: -1 } }); // [B, T, 2, 384]
  const second = convolve(g, source, pairs, { index: 1, filters: 64, channels: 128, taps: [0, 1, 2] });

  const both = g.reshape(second, [0, 0, 2 * 64]); // [B, T, 128]
  const third = convolve(g, source, both, { index: 2, filters: 64, channels: 64, taps: [1, 2] });
  return convolve(g, source, third, { index: 3, filters: 128, channels: 64, taps: [1] });
}

interface TapsOfConvolution {
  readonly index: number;
  readonly filters: number;
  readonly channels: number;
  /** Those of the three that are used, in the order in which their channels stand side by side in the input. */
  readonly taps: readonly number[];
}

/** [.., taps * channels] to [.., filters], then the rectifier. */
function convolve(
  g: GraphBuilder,
  source: SileroSource,
  input: string,
  { index, filters, channels, taps }: TapsOfConvolution,
): string {
  const { weights, bias } = source.convolution(index, filters, channels);
  const matrix = new Float32Array(taps.length * channels * filters);
  for (const [row, tap] of taps.entries()) {
    for (let channel = 0; channel < channels; channel++) {
      for (let filter = 0; filter < filters; filter++) {
        matrix[(row * channels + channel) * filters + filter] = weights[
          (filter * channels + channel) * 3 + tap
        ] as number;
      }
    }
  }
  const product = g.op('MatMul', [
    input,
    g.constant(`conv_${index}.weights`, {
      type: 'float32',
      dims: [taps.length * channels, filters],
      data: matrix,
    }),
  ]);
  const offset = g.constant(`conv_${index}.bias`, { type: 'float32', dims: [filters], data: bias });
  return g.op('Relu', [g.op('Add', [product, offset])]);
}

/** Input weights (1, 512, 128), recurrent weights (1, 512, 128), both biases (1, 1024), gates in ONNX's order. */
function cellWeights(g: GraphBuilder, source: SileroSource): [string, string, string] {
  const { input, recurrent, inputBias, recurrentBias } = source.cell();
  const gates = 4 * stateSize;
  const bias = new Float32Array(2 * gates);
  bias.set(inOnnxOrder(inputBias, 1));
  bias.set(inOnnxOrder(recurrentBias, 1), gates);
  const matrix = (name: string, data: Float32Array) =>
    g.constant(name, { type: 'float32', dims: [1, gates, stateSize], data: inOnnxOrder(data, stateSize) });
  return [
    matrix('cell.input', input),
    matrix('cell.recurrent', recurrent),
    g.constant('cell.bias', { type: 'float32', dims: [1, 2 * gates], data: bias }),
  ];
}

/** Input, forget, cell, output to input, output, forget, cell. */
function inOnnxOrder(values: Float32Array, columns: number): Float32Array {
  const gate = (index: number) =>
    values.subarray(index * stateSize * columns, (index + 1) * stateSize * columns);
  return Float32Array.from([gate(0), gate(3), gate(1), gate(2)].flatMap((part) => [...part]));
}

/** The rows `from` to `to` of the last axis but one, of [B, T, rows, columns]. */
function slice(g: GraphBuilder, value: string, from: number, to: number): string {
  return g.op('Slice', [value, g.integers([from]), g.integers([to]), g.integers([2])]);
}

function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      turned[column * rows + row] = values[row * columns + column] as number;
    }
  }
  return turned;
}
