/** The part of a manifest that a model's family needs. */
export interface ModelFacts {
  readonly id: string;
  readonly version: number;
  /** BCP 47 tags of the languages that the model transcribes. */
  readonly languages: readonly string[];
  /** The longest piece of audio that is decoded at once. */
  readonly maxAudioSeconds: number;
  /** What the family lets a model choose for itself, see `optionProblems` of the family. */
  readonly options?: Readonly<Record<string, unknown>>;
}
