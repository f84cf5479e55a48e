/** One input, whatever its target: what is decoded or sent, in the pieces in which that is done. */
export interface FuzzInput {
  /** What it was made of and how it was changed, for people. */
  readonly about: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly pieces: readonly Uint8Array[];
}

/** What became of an input that was handled as it must be. */
export interface FuzzOutcome {
  /** A code of the error table, or what was accepted: rows of the summary. */
  readonly label: string;
  readonly refused: boolean;
  /** Processor time of all processes that had to do with it. */
  readonly cpuMs: number;
}

/** Something that must hold did not. */
export class Find extends Error {
  override readonly name = 'Find';
}

/** A part of the service that is given inputs of one kind. */
export interface FuzzTarget {
  readonly name: string;
  /** Number of inputs that it is given at once. */
  readonly together: number;
  /** The most by which its memory may grow in the second half of a run, in bytes. */
  readonly growthBytesAtMost: number;
  /** The same input for the same seed. */
  make(seed: number): FuzzInput;
  /** @throws Find */
  run(input: FuzzInput): Promise<FuzzOutcome>;
  /** What must hold after many inputs: no process was replaced, no place is taken. @throws Find */
  checkAfterwards(): Promise<void>;
  /**
   * Bytes of memory in use by its processes now: after the last input has left nothing to do, and after garbage was collected
   * where that is possible.
   */
  memoryBytes(): Promise<number>;
  end(): Promise<void>;
}

/** Processor time of a refusal, at most. */
export const refusalCpuMs = 100;
