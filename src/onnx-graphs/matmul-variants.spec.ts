import { describe, expect, it } from 'vitest';
import { float32, noise, numbers, openGraph } from '../../test/support/graphs.js';
import { GraphBuilder } from './graph-builder.js';
import { inTwoBytes, matmul, matmulOfBytes } from './matmul-variants.js';
import type { MatmulVariant } from './matmul-variants.js';
import { roundColumns } from './quantized-matrix.js';
import type { FloatMatrix, QuantizedMatrix, WeightMatrix } from './quantized-matrix.js';

const rows = 96;

function matrix(columns: number, seed: number, scale: number, zeroPoint: number): QuantizedMatrix {
  // Within 64 steps of the zero point: sums of two products fit in 16 bits on every processor.
  const values = Uint8Array.from(noise(rows * columns, seed), (value) => zeroPoint + Math.round(value * 63));
  return { rows, columns, values, scale, zeroPoint };
}

const matrices = [matrix(20, 2, 0.01, 130), matrix(12, 3, 0.03, 117)];
const bias = noise(32, 4);

const floats = matrices.map(({ columns, values, scale, zeroPoint }) => ({
  rows,
  columns,
  floats: Float32Array.from(values, (value) => (value - zeroPoint) * scale),
}));
/** As a file of floats has them: columns of very different sizes. */
const unrounded = [
  { rows, columns: 32, floats: noise(rows * 32, 7).map((value, at) => value * 10 ** ((at % 32) / 8 - 2)) },
];

/** Row-major (length / 96, 32), in doubles. */
function exactly(input: Float32Array, of: readonly FloatMatrix[] = floats): number[] {
  const result: number[] = [];
  for (let at = 0; at < input.length; at += rows) {
    let column = 0;
    for (const { columns, floats } of of) {
      for (let own = 0; own < columns; own++) {
        let sum = bias[column++] as number;
        for (let row = 0; row < rows; row++) {
          sum += (input[at + row] as number) * (floats[row * columns + own] as number);
        }
        result.push(sum);
      }
    }
  }
  return result;
}

/** Variants of rows that are a batch, and, of one sequence, by rows and by rows of two bytes. */
type Way = MatmulVariant | 'sequence' | 'two-bytes';

async function productOf(
  way: Way,
  input: Float32Array,
  of: readonly WeightMatrix[] = matrices,
): Promise<number[]> {
  const g = new GraphBuilder();
  const x = g.input('x', 'float32', [1, 'M', rows]);
  const product = { name: 'product', matrices: of };
  const sum = (value: string) =>
    g.op('Add', [value, g.constant('bias', { type: 'float32', dims: [32], data: bias })]);
  const products: Partial<Record<Way, () => string>> = {
    'two-bytes': () => sum(matmulOfBytes(g, inTwoBytes(g, x), product)),
    sequence: () => matmul(g, 'rq', x, { ...product, bias, oneSequence: true }),
  };
  const y = products[way]?.() ?? matmul(g, way as MatmulVariant, x, { ...product, bias });
  g.output('y', y, 'float32', [1, 'M', 32]);
  const graph = await openGraph(g.model(way));
  return numbers(await graph.run({ x: float32(input, [1, input.length / rows, rows]) }), 'y');
}

/** Root of the mean squared difference, relative to the values'. */
function relativeError(actual: readonly number[], expected: readonly number[]): number {
  const squares = (values: readonly number[]) => values.reduce((sum, value) => sum + value * value, 0);
  return Math.sqrt(
    squares(actual.map((value, index) => value - (expected[index] as number))) / squares(expected),
  );
}

/** Rows of very different loudness, as speech has them. */
const input = Float32Array.from(
  noise(3 * rows, 5),
  (value, index) => value * ([1, 0.01, 10][Math.floor(index / rows)] as number),
);

describe('matmul', () => {
  it.each([
    ['dq', 0.02],
    ['rq', 0.02],
    ['dq7', 0.02],
    ['f32', 1e-5],
    ['sequence', 0.02],
    ['two-bytes', 1e-4],
  ] as const)('computes the product as %s to within %f', async (variant, tolerance) => {
    expect(relativeError(await productOf(variant, input), exactly(input))).toBeLessThan(tolerance);
  });

  it.each([
    ['dq', 0.02],
    ['rq', 0.02],
    ['dq7', 0.02],
    ['f32', 1e-5],
    ['sequence', 0.02],
  ] as const)('computes a product of floats of the file as %s to within %f', async (variant, tolerance) => {
    const columns = (values: readonly number[], column: number) =>
      values.filter((_, at) => at % 32 === column).map((value) => value - (bias[column] as number));
    const actual = await productOf(variant, input, unrounded);
    const expected = exactly(input, unrounded);
    for (const column of [0, 15, 31]) {
      expect(relativeError(columns(actual, column), columns(expected, column))).toBeLessThan(tolerance);
    }
  });

  it('computes the same with floats that were rounded before', async () => {
    expect(await productOf('rq', input, unrounded.map(roundColumns))).toEqual(
      await productOf('rq', input, unrounded),
    );
  });

  it.each(['rq', 'f32', 'sequence', 'two-bytes'] as const)(
    'gives a row as %s the same result alone and in company',
    async (variant) => {
      const together = await productOf(variant, input);
      for (let row = 0; row < 3; row++) {
        const alone = await productOf(variant, input.slice(row * rows, (row + 1) * rows));
        expect(alone).toEqual(together.slice(row * 32, (row + 1) * 32));
      }
    },
  );

  it.each(['dq', 'rq', 'dq7', 'f32', 'sequence', 'two-bytes'] as const)(
    'gives a row of zeros as %s the bias, without NaN',
    async (variant) => {
      expect(await productOf(variant, new Float32Array(rows))).toEqual([...bias]);
    },
  );

  it('refuses matrices that cannot take the same input', () => {
    const g = new GraphBuilder();
    const shorter = { ...matrix(4, 6, 1, 128), rows: rows / 2 };
    expect(() => matmul(g, 'f32', 'x', { name: 'product', matrices: [...matrices, shorter] })).toThrow(
      'different numbers of rows',
    );
  });
});
