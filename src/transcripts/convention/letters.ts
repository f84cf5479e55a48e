import type { TimedWord } from '../word-times.js';
import { mergedWord, partsOf } from './word-parts.js';

const dotted = /^(?:\p{Lu}\.){2,}\p{Lu}?\.?$/u;
const initial = /^\p{Lu}\.$/u;
const letter = /^\p{L}$/u;

/** Fewer single letters in a row may be a word: "vitamin c", "plan a". */
const fewestLetters = 3;

/** Writes letters that are spelled out as one word in capitals: "U.S.", "U. S." and "n a s a" are "US" and "NASA". */
export function lettersTogether(words: readonly TimedWord[]): readonly TimedWord[] {
  const written: TimedWord[] = [];
  let at = 0;
  while (at < words.length) {
    const length = Math.max(runOf(words, at, initial, 2), runOf(words, at, letter, fewestLetters));
    if (length > 0) {
      const run = words.slice(at, at + length);
      const together = run.map(({ word }) => partsOf(word).core.toUpperCase()).join('');
      written.push(mergedWord(run, together + closingOf(run.at(-1)!, at + length === words.length)));
    } else {
      const word = words[at]!;
      const isDotted = dotted.test(word.word);
      const isLast = at + 1 === words.length;
      written.push(
        isDotted ? { ...word, word: word.word.replaceAll('.', '') + closingOf(word, isLast) } : word,
      );
    }
    at += Math.max(1, length);
  }
  return written;
}

/** How many words from `at` on match, or 0 if these are fewer than `fewest`. The last one may have other punctuation. */
function runOf(words: readonly TimedWord[], at: number, pattern: RegExp, fewest: number): number {
  let length = 0;
  while (pattern.test(words[at + length]?.word ?? '')) length++;
  return length < fewest ? 0 : length;
}

/** The point of the last letter is also the full stop of a text. */
function closingOf({ word }: TimedWord, isLast: boolean): string {
  return isLast && word.endsWith('.') ? '.' : '';
}
