import { primaryOf } from '../../../common/language-tag.js';

/**
 * Languages that Whisper writes with more tokens than others: its pairs of bytes were learnt from little of their text.
 * Measured with its tokenizer on names of countries, languages, months and days (CLDR): 1.8 to 3.1 tokens in a character, 1 to
 * 1.3, and less than 0.9 in all others, besides Chinese, Japanese and Korean, which are spoken with few characters.
 */
const densities: readonly (readonly [density: number, tags: readonly string[]])[] = [
  [4, ['am', 'as', 'bn', 'bo', 'gu', 'ka', 'km', 'kn', 'lo', 'ml', 'my', 'pa', 'si', 'te']],
  [2, ['hi', 'hy', 'mr', 'ne', 'sa', 'ta', 'th']],
];

/** The greatest of the factors by which texts in these languages may have more tokens than in English, at least 1. */
export function tokenDensity(tags: readonly string[]): number {
  const primaries = tags.map(primaryOf);
  const [most] = densities.find(([, dense]) => primaries.some((tag) => dense.includes(tag))) ?? [1];
  return most;
}
