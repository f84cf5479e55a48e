import { distance } from 'fastest-levenshtein';

/** Words of both texts as one character each, so that a distance of characters is one of words. */
function encoded(texts: readonly string[]): {
  readonly codes: readonly string[];
  readonly lengths: readonly number[];
} {
  const known = new Map<string, string>();
  const lengths: number[] = [];
  const codes = texts.map((text) => {
    const words = text
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\s']/gu, ' ')
      .split(/\s+/)
      .filter((word) => word !== '');
    lengths.push(words.length);
    return words
      .map((word) => {
        const code = known.get(word) ?? String.fromCharCode(1 + known.size);
        known.set(word, code);
        return code;
      })
      .join('');
  });
  return { codes, lengths };
}

/** Word errors of a hypothesis, and the words of its reference; case and punctuation do not count. */
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
