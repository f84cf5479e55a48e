/** Facts that the compiler reads from the files and the runtime needs. */
export interface SpeechModelDimensions {
  readonly layers: number;
  readonly heads: number;
  readonly headSize: number;
  readonly hidden: number;
  /** Text tokens: the ids 0 to vocabulary - 1. */
  readonly vocabulary: number;
  /** The first so many of each head's values are rotated. */
  readonly rotary: number;
  /** Positions that the rotation tables hold: the most encoder frames, and the most tokens. */
  readonly maxPositions: number;
}
