/**
 * Version of the rules in this folder. It is raised when a rule changes a text that it left alone before, or the other way
 * round: texts and labels of one version can be compared.
 */
export const conventionVersion = 1;

/** How a text is written. `keep` leaves what the model or the talker's transcriber wrote. */
export interface Convention {
  /** um, uh, er, erm, hmm. `comma`: kept in one spelling, with a comma after each: "Um, the weather". */
  readonly fillers: 'keep' | 'remove' | 'comma';
  readonly numbers: 'keep' | 'digits' | 'words';
  readonly spelling: 'keep' | 'american' | 'british';
  /** `together`: letters that are spelled out are one word in capitals: "U. S." and "U.S." are "US". */
  readonly letters: 'keep' | 'together';
  /** `comma`: a dash between words is a comma. Hyphens within a word stay. */
  readonly dashes: 'keep' | 'comma';
  /** `sentence`: straight quotes, no ellipsis, and a text ends with `.`, `?` or `!`. `remove`: none around words. */
  readonly punctuation: 'keep' | 'remove' | 'sentence';
  /** `sentence`: a sentence begins with a capital, and nothing is written in capitals throughout. */
  readonly case: 'keep' | 'lower' | 'sentence';
  /** `mask`: four asterisks in the place of the word. */
  readonly profanity: 'keep' | 'mask';
}

export type ConventionName = 'clean' | 'verbatim';

/** Leaves every text exactly as it is. */
export const asRecognized: Convention = {
  fillers: 'keep',
  numbers: 'keep',
  spelling: 'keep',
  letters: 'keep',
  dashes: 'keep',
  punctuation: 'keep',
  case: 'keep',
  profanity: 'keep',
};

/** Rules of the two named conventions that do not depend on how a data set is punctuated and spelled. */
export const namedConventions: Readonly<Record<ConventionName, Convention>> = {
  clean: { ...asRecognized, fillers: 'remove', numbers: 'digits', letters: 'together', dashes: 'comma' },
  verbatim: { ...asRecognized, fillers: 'comma', numbers: 'words', letters: 'together', dashes: 'comma' },
};
