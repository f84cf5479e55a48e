import { Float, type GraphBuilder, float32, microsoft } from '../graph-builder.js';
import { type MatmulVariant, inTwoBytes, matmul, matmulOfTwoBytes } from '../matmul-variants.js';
import type { MoonshineSource, QuantizedMatrix } from './moonshine-source.js';

/** [B, N] to [B, S, C]: three convolutions over time, none of which pads. */
export function audioFrames(
  g: GraphBuilder,
  source: MoonshineSource,
  variant: MatmulVariant,
  audio: string,
): string {
  const { hidden } = source.dimensions;
  const first = g.op('Tanh', [firstConvolution(g, source, audio)]); // [B, T1, C]
  const one = g.constant('norm_scale', float32([1]));
  const zero = g.constant('norm_offset', float32([0]));
  // Over all channels and frames at once, so their order does not matter.
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
  const second = convolution(g, source, variant, { number: 2, stride: 3, input: shifted }); // [B, T2, 2C]
  const third = convolution(g, source, variant, {
    number: 3,
    stride: 2,
    input: g.op('Gelu', [second], { domain: microsoft }),
  }); // [B, S, C]
  return g.op('Gelu', [third], { domain: microsoft });
}

/**
 * 127 taps every 64 samples, as a product: each row of 64 samples beside the next one, and a 128th tap of zero.
 * [B, N] to [B, T1, C] with T1 = floor((N + 1) / 64) - 1.
 */
function firstConvolution(g: GraphBuilder, source: MoonshineSource, audio: string): string {
  const { filters, width, weights } = source.firstConvolution();
  const stride = 64;
  const lengthened = g.op('Pad', [audio, g.integers([0, 0, 0, 1])]); // for the 128th tap
  const samples = g.op('Shape', [lengthened], { attributes: { start: 1 } }); // int64 [1]
  const whole = g.op('Mul', [g.op('Div', [samples, g.integers([stride])]), g.integers([stride])]);
  const used = g.op('Slice', [lengthened, g.integers([0]), whole, g.integers([1])]);
  const rows = g.reshape(used, [0, -1, stride]); // [B, T1 + 1, 64]
  const windows = g.op('Concat', [rowsBetween(g, rows, 0, -1), rowsBetween(g, rows, 1, endOfAxis)], {
    attributes: { axis: -1 },
  }); // [B, T1, 128]
  const matrix = new Float32Array(2 * stride * filters);
  for (let filter = 0; filter < filters; filter++) {
    for (let tap = 0; tap < width; tap++) {
      matrix[tap * filters + filter] = weights[filter * width + tap] as number;
    }
  }
  const constant = { type: 'float32', dims: [2 * stride, filters], data: matrix } as const;
  return g.op('MatMul', [windows, g.constant('conv_1.weights', constant)]);
}

interface StridedConvolution {
  readonly number: 2 | 3;
  readonly stride: number;
  /** [B, T, channels] */
  readonly input: string;
}

/**
 * As a sum of products over rows of `stride` frames: an output frame sees its own row, the next one, and so on up to
 * `width` frames. [B, T, channels] to [B, T', filters] with T' = floor((T - width) / stride) + 1.
 */
function convolution(
  g: GraphBuilder,
  source: MoonshineSource,
  variant: MatmulVariant,
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
  // One byte for each value is too little here, and floats take longer than two products of bytes.
  const activations = variant === 'f32' ? undefined : inTwoBytes(g, rows);

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
    if (activations === undefined) return matmul(g, 'f32', seen(rows, taps * channels), product);
    return matmulOfTwoBytes(
      g,
      {
        coarse: seen(activations.coarse, taps * channels),
        fine: seen(activations.fine, taps * channels),
        range: seen(activations.range),
      },
      product,
    );
  });
  const sum = products.reduce((total, product) => g.op('Add', [total, product]));
  return g.op('Add', [
    sum,
    g.constant(`conv_${number}.bias`, { type: 'float32', dims: [bias.length], data: bias }),
  ]);
}

interface Frames {
  /** [B, T, channels] */
  readonly input: string;
  /** int64 [1]: T */
  readonly frames: string;
  readonly stride: number;
  readonly channels: number;
}

/** [B, T, channels] to [B, rows, stride * channels], with zeros in the last row where the frames end within it. */
function wholeRows(g: GraphBuilder, { input, frames, stride, channels }: Frames, rows: string): string {
  const missing = g.op('Sub', [g.op('Mul', [rows, g.integers([stride])]), frames]);
  const padding = [g.integers([0, 0, 0, 0]), missing, g.integers([0])];
  const padded = g.op('Pad', [input, g.op('Concat', padding, { attributes: { axis: 0 } })]);
  return g.reshape(padded, [0, -1, stride * channels]);
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
