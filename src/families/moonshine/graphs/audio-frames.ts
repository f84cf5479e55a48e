import { Float, float32, microsoft } from '../../../onnx-graphs/graph-builder.js';
import type { GraphBuilder } from '../../../onnx-graphs/graph-builder.js';
import { inTwoBytes, matmul, matmulOfBytes, sequenceInBytes } from '../../../onnx-graphs/matmul-variants.js';
import type { MatmulVariant } from '../../../onnx-graphs/matmul-variants.js';
import type { QuantizedMatrix } from '../../../onnx-graphs/quantized-matrix.js';
import type { MoonshineSource } from './moonshine-source.js';

/** Floats, or a scale for each row of activations. */
type RowVariant = Extract<MatmulVariant, 'f32' | 'rq'>;

/**
 * [1, N] to [1, S, C]: three convolutions over time, none of which pads. Unless all products are of floats, the second
 * convolution takes activations of one byte with a scale for each row, and the third takes activations of two bytes: one
 * byte is too coarse for the results of GELU, and two products of bytes are still faster than one of floats.
 */
export function audioFrames(
  g: GraphBuilder,
  source: MoonshineSource,
  variant: MatmulVariant,
  audio: string,
): string {
  const { hidden } = source.dimensions;
  const rowVariant = variant === 'f32' ? 'f32' : 'rq';
  const first = g.op('Tanh', [firstConvolution(g, source, audio)]); // [1, T1, C]
  const one = g.constant('norm_scale', float32([1]));
  const zero = g.constant('norm_offset', float32([0]));
  // The normalization is over all channels and frames at once, so their order does not matter.
  const normed = g.op('InstanceNormalization', [g.reshape(first, [0, 1, -1]), one, zero], {
    attributes: { epsilon: new Float(1e-5) },
  });
  const { scale, offset } = source.channelNorm();
  const scaled = g.op('Mul', [
    g.reshape(normed, [0, -1, hidden]),
    g.constant('channel_scale', { type: 'float32', dims: [hidden], data: scale }),
  ]);
  const shifted = g.op('Add', [
    scaled,
    g.constant('channel_offset', { type: 'float32', dims: [hidden], data: offset }),
  ]);
  const second = convolution(g, source, rowVariant, { number: 2, stride: 3, input: shifted }); // [1, T2, 2C]
  const third = convolution(g, source, rowVariant, {
    number: 3,
    stride: 2,
    input: g.op('Gelu', [second], { domain: microsoft }),
  }); // [1, S, C]
  return g.op('Gelu', [third], { domain: microsoft });
}

/**
 * 127 taps every 64 samples as one product: each row of 64 samples is put beside the next row, and the 128th tap is zero.
 * In floats, because it takes little of the time and everything after it depends on its error.
 * [1, N] to [1, T1, C] with T1 = floor((N + 1) / 64) - 1.
 */
function firstConvolution(g: GraphBuilder, source: MoonshineSource, audio: string): string {
  const stride = 64;
  const lengthened = g.op('Pad', [audio, g.integers([0, 0, 0, 1])]); // for the 128th tap
  const samples = g.op('Shape', [lengthened], { attributes: { start: 1 } }); // int64 [1]
  const whole = g.op('Mul', [g.op('Div', [samples, g.integers([stride])]), g.integers([stride])]);
  const used = g.op('Slice', [lengthened, g.integers([0]), whole, g.integers([1])]);
  const rows = g.reshape(used, [0, -1, stride]); // [1, T1 + 1, 64]
  const windows = g.op('Concat', [rowsBetween(g, rows, 0, -1), rowsBetween(g, rows, 1, endOfAxis)], {
    attributes: { axis: -1 },
  }); // [1, T1, 128]
  const { matrix } = source.convolutionMatrix(1);
  return matmul(g, 'f32', windows, {
    name: 'conv_1',
    matrices: [lengthenedTo(matrix, 2 * stride)],
  });
}

interface StridedConvolution {
  readonly number: 2 | 3;
  readonly stride: number;
  /** [1, T, channels] */
  readonly input: string;
}

/**
 * As a sum of products over rows of `stride` frames: an output frame sees its own row, the next one, and so on up to
 * `width` frames. [1, T, channels] to [1, T', filters] with T' = floor((T - width) / stride) + 1.
 */
function convolution(
  g: GraphBuilder,
  source: MoonshineSource,
  variant: RowVariant,
  { number, stride, input }: StridedConvolution,
): string {
  const { width, channels, matrix, bias } = source.convolutionMatrix(number);
  const rowCount = Math.ceil(width / stride);
  const frames = g.op('Shape', [input], { attributes: { start: 1, end: 2 } }); // int64 [1]
  const beyondFirst = g.op('Div', [g.op('Sub', [frames, g.integers([width])]), g.integers([stride])]);
  const outputs = g.op('Add', [beyondFirst, g.integers([1])]); // int64 [1]: T'
  const rows = wholeRows(
    g,
    { input, frames, stride, channels },
    g.op('Add', [outputs, g.integers([rowCount - 1])]),
  );
  const inBytes = number === 3 ? inTwoBytes : sequenceInBytes;
  const activations = variant === 'f32' ? undefined : inBytes(g, rows);

  const products = Array.from({ length: rowCount }, (_, row) => {
    const taps = Math.min(stride, width - row * stride);
    const product = {
      name: `conv_${number}.${row}`,
      matrices: [rowsOf(matrix, row * stride * channels, taps * channels)],
    };
    const end = g.op('Add', [outputs, g.integers([row])]);
    const seen = (value: string, columns?: number) => {
      const [from, to, axes] =
        columns === undefined
          ? [g.integers([row]), end, g.integers([1])]
          : [
              g.integers([row, 0]),
              g.op('Concat', [end, g.integers([columns])], { attributes: { axis: 0 } }),
              g.integers([1, 2]),
            ];
      return g.op('Slice', [value, from, to, axes]);
    };
    const columns = taps * channels;
    if (activations === undefined) return matmul(g, variant, seen(rows, columns), product);
    const { coarse, fine, range } = activations;
    return matmulOfBytes(
      g,
      {
        coarse: seen(coarse, columns),
        ...(fine !== undefined && { fine: seen(fine, columns) }),
        range: seen(range),
      },
      product,
    );
  });
  const sum = products.reduce((total, product) => g.op('Add', [total, product]));
  if (bias === undefined) return sum;
  return g.op('Add', [
    sum,
    g.constant(`conv_${number}.bias`, { type: 'float32', dims: [bias.length], data: bias }),
  ]);
}

interface Frames {
  /** [1, T, channels] */
  readonly input: string;
  /** int64 [1]: T */
  readonly frames: string;
  readonly stride: number;
  readonly channels: number;
}

/** [1, T, channels] to [1, rows, stride * channels], with zeros in the last row where the frames end within it. */
function wholeRows(g: GraphBuilder, { input, frames, stride, channels }: Frames, rows: string): string {
  const missing = g.op('Sub', [g.op('Mul', [rows, g.integers([stride])]), frames]);
  const padding = [g.integers([0, 0, 0, 0]), missing, g.integers([0])];
  const padded = g.op('Pad', [input, g.op('Concat', padding, { attributes: { axis: 0 } })]);
  return g.reshape(padded, [0, -1, stride * channels]);
}

/** Fills up with rows of zeros to that count. */
function lengthenedTo(matrix: QuantizedMatrix, rows: number): QuantizedMatrix {
  const values = new Uint8Array(rows * matrix.columns).fill(matrix.zeroPoint);
  values.set(matrix.values);
  return { ...matrix, rows, values };
}

function rowsOf(matrix: QuantizedMatrix, first: number, count: number): QuantizedMatrix {
  const { columns, values } = matrix;
  return { ...matrix, rows: count, values: values.subarray(first * columns, (first + count) * columns) };
}

/** The end of an axis, whatever its length. */
const endOfAxis = Number.MAX_SAFE_INTEGER;

function rowsBetween(g: GraphBuilder, value: string, from: number, to: number): string {
  return g.op('Slice', [value, g.integers([from]), g.integers([to]), g.integers([1])]);
}
