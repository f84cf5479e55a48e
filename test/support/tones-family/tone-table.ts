/** The file of a model of the family: its only one. */
export interface ToneTable {
  /** Hz: first a marker for each language, then the tones of the words. */
  readonly frequencies: readonly number[];
  /** In the order of the markers. */
  readonly languages: readonly string[];
  /** Words of each language, in the order of their tones. */
  readonly words: Readonly<Record<string, readonly string[]>>;
}

/** Two languages of four words each. */
export const toneTable: ToneTable = {
  frequencies: [5_000, 5_300, 5_700, 6_100, 6_500, 6_900],
  languages: ['en', 'es'],
  words: { en: ['one', 'two', 'three', 'four'], es: ['uno', 'dos', 'tres', 'cuatro'] },
};

/** Samples of a frame of the detector: 50 ms. */
export const frameSamples = 800;
