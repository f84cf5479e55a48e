/** Options that every kind of source takes. */
export interface SourceOptions {
  readonly signal: AbortSignal | undefined;
  /** Called after each block with the bytes that are there so far of all files that are being fetched. */
  readonly onBytes: (bytes: number) => void;
}
