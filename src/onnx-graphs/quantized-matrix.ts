/** A matrix [rows, columns] of 8-bit weights: (values - zeroPoint) * scale. */
export interface QuantizedMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Uint8Array;
  readonly scale: number;
  readonly zeroPoint: number;
}
