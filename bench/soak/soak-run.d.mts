// For tests in TypeScript; see soak-run.mjs.
interface Memory {
  /** Utterances that were begun by then. */
  readonly sent: number;
  readonly proportionalBytes: number;
  /** Without the pages of files. */
  readonly anonymousBytes: number;
  readonly proportionalBytesOfEach: readonly number[];
}
export interface SoakRun {
  readonly sent: number;
  readonly seconds: number;
  readonly readings: readonly Memory[];
  /** While idle. */
  readonly fresh: Memory;
  readonly warm: Memory;
  readonly atEnd: Memory;
  readonly handles: Readonly<Record<string, number>>;
  /** By kind of client; `unexpected` counts answers that should not have come. */
  readonly counts: Readonly<
    Record<string, { readonly sent: number; readonly unexpected: Readonly<Record<string, number>> }>
  >;
  /** What is not given back, a line each. */
  readonly left: readonly string[];
}
export function soak(options: {
  readonly utterances: number;
  readonly minutes: number;
  readonly atOnce: number;
  readonly workers: string;
  readonly seed: number;
  readonly warmUpShare?: number;
}): Promise<SoakRun>;
