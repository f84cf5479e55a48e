import { distance } from 'fastest-levenshtein';
import { alignWords } from './word-alignment.js';

/** The differences between a reference and a hypothesis, in whole words. Sums of these are sums over clips. */
export interface WordErrors {
  readonly substitutions: number;
  readonly insertions: number;
  readonly deletions: number;
  readonly referenceWords: number;
}

export const noWordErrors: WordErrors = { substitutions: 0, insertions: 0, deletions: 0, referenceWords: 0 };

/** The words that are compared: the transcript convention's form for scoring. */
export { scoredWords as wordsOf } from '../transcripts/convention/scored-words.js';

/** Errors in characters: insertions, deletions and substitutions together. */
export interface CharacterErrors {
  readonly errors: number;
  readonly referenceCharacters: number;
}

export const noCharacterErrors: CharacterErrors = { errors: 0, referenceCharacters: 0 };

/** The fewest errors between the characters of two texts; the spaces between words do not count. */
export function countCharacterErrors(
  reference: readonly string[],
  hypothesis: readonly string[],
): CharacterErrors {
  const [said, heard] = [reference.join(''), hypothesis.join('')];
  return { errors: distance(said, heard), referenceCharacters: said.length };
}

export function addCharacterErrors(left: CharacterErrors, right: CharacterErrors): CharacterErrors {
  return {
    errors: left.errors + right.errors,
    referenceCharacters: left.referenceCharacters + right.referenceCharacters,
  };
}

/** Undefined where the reference has no characters. */
export function characterErrorRate({ errors, referenceCharacters }: CharacterErrors): number | undefined {
  return referenceCharacters === 0 ? undefined : errors / referenceCharacters;
}

/** The word errors between two texts, see alignWords. */
export function countWordErrors(reference: readonly string[], hypothesis: readonly string[]): WordErrors {
  const count = { correct: 0, substituted: 0, inserted: 0, deleted: 0 };
  for (const { type } of alignWords(reference, hypothesis)) count[type]++;
  return {
    substitutions: count.substituted,
    insertions: count.inserted,
    deletions: count.deleted,
    referenceWords: reference.length,
  };
}

export function addWordErrors(left: WordErrors, right: WordErrors): WordErrors {
  return {
    substitutions: left.substitutions + right.substitutions,
    insertions: left.insertions + right.insertions,
    deletions: left.deletions + right.deletions,
    referenceWords: left.referenceWords + right.referenceWords,
  };
}

export function errorCount(errors: WordErrors): number {
  return errors.substitutions + errors.insertions + errors.deletions;
}

/** Errors per word of the reference; above 1 where many words were inserted. Undefined where it has no words. */
export function wordErrorRate(errors: WordErrors): number | undefined {
  return errors.referenceWords === 0 ? undefined : errorCount(errors) / errors.referenceWords;
}
