import { distance } from 'fastest-levenshtein';
import { scoredWords } from './scored-words.js';

/** Words of both texts as one character each, so that a distance of characters is one of words. */
function encoded(texts: readonly string[]): {
  readonly codes: readonly string[];
  readonly lengths: readonly number[];
} {
  const known = new Map<string, string>();
  const words = texts.map((text) => scoredWords(text));
  for (const word of words.flat()) {
    if (!known.has(word)) known.set(word, String.fromCharCode(1 + known.size));
  }
  return {
    codes: words.map((list) => list.map((word) => known.get(word)!).join('')),
    lengths: words.map(({ length }) => length),
  };
}

/** Word errors of a hypothesis, and the words of its reference, as scoring counts them. */
export function wordErrorsOf(
  reference: string,
  hypothesis: string,
): { readonly errors: number; readonly words: number } {
  const { codes, lengths } = encoded([reference, hypothesis]);
  return { errors: distance(codes[0]!, codes[1]!), words: lengths[0]! };
}

/** 1 for the same words, 0 for no word in common: 1 minus the word errors over the words of the longer text. */
export function similarityOf(one: string, other: string): number {
  const { codes, lengths } = encoded([one, other]);
  const longest = Math.max(...lengths);
  return longest === 0 ? 1 : 1 - distance(codes[0]!, codes[1]!) / longest;
}
