/** A matrix [rows, columns] of 8-bit weights: (values - zeroPoint) * scale. */
export interface QuantizedMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Uint8Array;
  readonly scale: number;
  readonly zeroPoint: number;
}

/** The same with a scale for each column. */
export interface ColumnScaledMatrix extends Omit<QuantizedMatrix, 'scale'> {
  /** Shape (columns). */
  readonly scale: Float32Array;
}

/** A matrix [rows, columns] of weights that the file has as floats. */
export interface FloatMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly floats: Float32Array;
}

export type WeightMatrix = QuantizedMatrix | ColumnScaledMatrix | FloatMatrix;

export function isFloatMatrix(matrix: WeightMatrix): matrix is FloatMatrix {
  return 'floats' in matrix;
}

/** Rounds to -127 to 127, symmetric, with a scale for each column. */
export function roundColumns({ rows, columns, floats }: FloatMatrix): ColumnScaledMatrix {
  const scale = new Float32Array(columns).fill(127e-12);
  for (let at = 0; at < floats.length; at++) {
    const column = at % columns;
    scale[column] = Math.max(scale[column] as number, Math.abs(floats[at] as number));
  }
  for (let column = 0; column < columns; column++) scale[column] = (scale[column] as number) / 127;
  const values = new Uint8Array(rows * columns);
  for (let at = 0; at < floats.length; at++) {
    const value = Math.round((floats[at] as number) / (scale[at % columns] as number));
    values[at] = 128 + Math.max(-127, Math.min(127, value));
  }
  return { rows, columns, values, scale, zeroPoint: 128 };
}
