import { float32 } from './graph-builder.js';
import type { ConstantTensor } from './graph-builder.js';
import { isFloatMatrix, roundColumns } from './quantized-matrix.js';
import type { FloatMatrix, WeightMatrix } from './quantized-matrix.js';

/** Weights as the operators of quantized products take them. */
export interface SignedWeights {
  /** Shape (K, N), int8. */
  readonly values: ConstantTensor;
  /** Shape () or (N). */
  readonly scale: ConstantTensor;
  /** Shape () or (N), int8. */
  readonly zeroPoint: ConstantTensor;
}

type RoundedMatrix = Exclude<WeightMatrix, FloatMatrix>;

/** The weights of the file: uint8 minus 128 is int8, and the zero point is moved along. */
export function signedWeights(weights: readonly WeightMatrix[]): SignedWeights {
  const matrices = weights.map((matrix) => (isFloatMatrix(matrix) ? roundColumns(matrix) : matrix));
  const { rows, columns } = shapeOf(matrices);
  const values = new Int8Array(rows * columns);
  let at = 0;
  for (const matrix of matrices) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < matrix.columns; column++) {
        values[row * columns + at + column] = (matrix.values[row * matrix.columns + column] as number) - 128;
      }
    }
    at += matrix.columns;
  }
  const [only] = matrices;
  if (matrices.length === 1 && typeof only?.scale === 'number') {
    return {
      values: { type: 'int8', dims: [rows, columns], data: values },
      scale: float32([only.scale], []),
      zeroPoint: { type: 'int8', dims: [], data: Int8Array.of(only.zeroPoint - 128) },
    };
  }
  return {
    values: { type: 'int8', dims: [rows, columns], data: values },
    scale: float32(matrices.flatMap((matrix) => columnsOf(matrix, (column) => scaleOf(matrix, column)))),
    zeroPoint: {
      type: 'int8',
      dims: [columns],
      data: Int8Array.from(matrices.flatMap((matrix) => columnsOf(matrix, () => matrix.zeroPoint - 128))),
    },
  };
}

function columnsOf({ columns }: RoundedMatrix, valueOf: (column: number) => number): number[] {
  return Array.from({ length: columns }, (_, column) => valueOf(column));
}

function scaleOf({ scale }: RoundedMatrix, column: number): number {
  return typeof scale === 'number' ? scale : (scale[column] as number);
}

/** -64 to 64, symmetric, one scale for each column: 255 * 64 * 2 stays below 2^15. */
export function sevenBitWeights(matrices: readonly WeightMatrix[]): SignedWeights {
  const floats = floatWeights(matrices).data;
  const { rows, columns } = shapeOf(matrices);
  const values = new Int8Array(rows * columns);
  const scales = new Float32Array(columns);
  for (let column = 0; column < columns; column++) {
    let greatest = 64e-12;
    for (let row = 0; row < rows; row++) {
      greatest = Math.max(greatest, Math.abs(floats[row * columns + column] as number));
    }
    const scale = Math.fround(greatest / 64);
    scales[column] = scale;
    for (let row = 0; row < rows; row++) {
      const value = Math.round((floats[row * columns + column] as number) / scale);
      values[row * columns + column] = Math.max(-64, Math.min(64, value));
    }
  }
  return {
    values: { type: 'int8', dims: [rows, columns], data: values },
    scale: { type: 'float32', dims: [columns], data: scales },
    zeroPoint: { type: 'int8', dims: [columns], data: new Int8Array(columns) },
  };
}

/** Shape (K, N). */
export function floatWeights(matrices: readonly WeightMatrix[]): ConstantTensor & { data: Float32Array } {
  const { rows, columns } = shapeOf(matrices);
  const data = new Float32Array(rows * columns);
  let at = 0;
  for (const matrix of matrices) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < matrix.columns; column++) {
        data[row * columns + at + column] = weightOf(matrix, row, column);
      }
    }
    at += matrix.columns;
  }
  return { type: 'float32', dims: [rows, columns], data };
}

function weightOf(matrix: WeightMatrix, row: number, column: number): number {
  const at = row * matrix.columns + column;
  if (isFloatMatrix(matrix)) return matrix.floats[at] as number;
  return ((matrix.values[at] as number) - matrix.zeroPoint) * scaleOf(matrix, column);
}

function shapeOf(matrices: readonly WeightMatrix[]): { rows: number; columns: number } {
  const rows = matrices[0]?.rows ?? 0;
  if (matrices.some((matrix) => matrix.rows !== rows)) {
    throw new RangeError('the matrices of one product have different numbers of rows');
  }
  return { rows, columns: matrices.reduce((sum, matrix) => sum + matrix.columns, 0) };
}
