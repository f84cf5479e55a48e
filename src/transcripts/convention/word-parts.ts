import type { TimedWord } from '../word-times.js';

/** A word without the punctuation around it, and that punctuation. */
export interface WordParts {
  readonly opening: string;
  /** From the first letter or digit to the last; empty if there is none. */
  readonly core: string;
  readonly closing: string;
}

const parts = /^([^\p{L}\p{M}\p{N}]*)(.*?)([^\p{L}\p{M}\p{N}]*)$/su;

export function partsOf(word: string): WordParts {
  const [, opening = '', core = '', closing = ''] = parts.exec(word) ?? [];
  return { opening, core, closing };
}

/** One word in the place of several that follow one another: it lasts from the first to the last. */
export function mergedWord(words: readonly TimedWord[], word: string): TimedWord {
  const [first] = words;
  if (first === undefined) throw new RangeError('There is no word to merge.');
  return { ...first, word, endSeconds: words.at(-1)!.endSeconds };
}

/** Several words in the place of one: its time is spread over them by their length. */
export function dividedWord(word: TimedWord, texts: readonly string[]): readonly TimedWord[] {
  const characters = texts.reduce((sum, { length }) => sum + length, 0);
  const secondsPerCharacter = (word.endSeconds - word.startSeconds) / Math.max(1, characters);
  let spent = 0;
  return texts.map((text, index) => {
    const startSeconds = word.startSeconds + spent * secondsPerCharacter;
    spent += text.length;
    const endSeconds = word.startSeconds + spent * secondsPerCharacter;
    return { word: text, before: index === 0 ? word.before : ' ', startSeconds, endSeconds };
  });
}

/** Whether a word ends a sentence. An ellipsis does not: what follows decides. */
export function endsSentence(word: string): boolean {
  const { closing } = partsOf(word);
  return /[.?!。！？]/u.test(closing) && !isEllipsis(closing);
}

export function isEllipsis(punctuation: string): boolean {
  return /\.{2,}|…/u.test(punctuation);
}

/** The word with its first letter as a capital. */
export function capitalized(word: string): string {
  return word.replace(/\p{L}/u, (letter) => letter.toUpperCase());
}

/** Writes a replacement in the case of the original: all capitals, a first capital, or as it is. */
export function inCaseOf(original: string, replacement: string): string {
  const isUpper = original === original.toUpperCase() && original !== original.toLowerCase();
  if (original.length > 1 && isUpper) return replacement.toUpperCase();
  return /^\p{Lu}/u.test(original) ? capitalized(replacement) : replacement;
}
