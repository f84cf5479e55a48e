import type { TimedWord } from '../word-times.js';
import { capitalized, endsSentence, partsOf } from './word-parts.js';

const dash = /^(?:--+|[-–—])$/u;
const dashWithin = /(?<=[\p{L}\p{N}])(?:--+|[–—])(?=\p{L})/u;

/** Writes a dash between words as a comma: "he came - late" and "he came—late" are "he came, late". */
export function dashesAsCommas(words: readonly TimedWord[]): readonly TimedWord[] {
  const written: TimedWord[] = [];
  for (const word of words) {
    const previous = written.at(-1);
    if (dash.test(word.word)) {
      if (previous !== undefined) written[written.length - 1] = withComma(previous);
      continue;
    }
    const pieces = word.word.split(dashWithin);
    const seconds = (word.endSeconds - word.startSeconds) / pieces.length;
    pieces.forEach((piece, index) => {
      const startSeconds = word.startSeconds + index * seconds;
      const text = index < pieces.length - 1 ? `${piece},` : piece.replace(/(?:--+|[–—])$/u, '');
      const before = index === 0 ? word.before : ' ';
      const endsWithDash = index === pieces.length - 1 && text !== piece;
      const made = { word: text, before, startSeconds, endSeconds: startSeconds + seconds } as const;
      written.push(endsWithDash ? withComma(made) : made);
    });
  }
  // A text does not end with a comma.
  const last = written.at(-1);
  if (last !== undefined && words.at(-1)?.word !== last.word && last.word.endsWith(','))
    written[written.length - 1] = { ...last, word: last.word.slice(0, -1) };
  return written;
}

function withComma(word: TimedWord): TimedWord {
  return partsOf(word.word).closing === '' ? { ...word, word: `${word.word},` } : word;
}

/** Words without the punctuation around them; a word of nothing else goes. What stands within a word stays: 3.14, don't. */
export function withoutPunctuation(words: readonly TimedWord[]): readonly TimedWord[] {
  const bare = words
    .map((word) => ({ ...word, word: partsOf(word.word).core }))
    .filter(({ word }) => word !== '');
  const [first, ...others] = bare;
  return first === undefined ? [] : [{ ...first, before: words[0]!.before }, ...others];
}

/** Punctuation of a written sentence: straight quotes, commas for ellipses, and a full stop at the end. */
export function sentencePunctuation(words: readonly TimedWord[]): readonly TimedWord[] {
  const attached: TimedWord[] = [];
  for (const word of words) {
    const previous = attached.at(-1);
    // "word ." is "word."
    if (previous !== undefined && /^[.,;:?!…]+$/u.test(word.word))
      attached[attached.length - 1] = { ...previous, word: previous.word + word.word };
    else attached.push(word);
  }
  return attached.map((word, index) => {
    const straight = word.word.replace(/[‘’]/gu, "'").replace(/[“”]/gu, '"');
    const isLast = index === attached.length - 1;
    const one = straight
      .replace(/(?:\.{2,}|…)+/gu, isLast ? '.' : ',')
      .replace(/,,+/gu, ',')
      .replace(/([.?!,])\1+/gu, '$1')
      .replace(/,([.?!])/gu, '$1');
    if (!isLast || /[.?!]["')\]]*$/u.test(one)) return { ...word, word: one };
    return { ...word, word: `${one.replace(/[,;:]$/u, '')}.` };
  });
}

export function lowerCase(words: readonly TimedWord[], language: string): readonly TimedWord[] {
  return words.map((word) => ({ ...word, word: word.word.toLocaleLowerCase(language) }));
}

/** Capitals where sentences begin, and "I". A text in capitals throughout is written small first: its names are lost. */
export function sentenceCase(words: readonly TimedWord[], language: string): readonly TimedWord[] {
  const all = words.map(({ word }) => word).join(' ');
  const letters = all.replace(/[^\p{L}]/gu, '');
  const shouts = letters.length > 4 && words.length > 1 && letters === letters.toLocaleUpperCase(language);
  const isShouting = shouts && letters !== letters.toLocaleLowerCase(language);
  return words.map((word, index) => {
    const text = isShouting ? word.word.toLocaleLowerCase(language) : word.word;
    const previous = words[index - 1];
    const startsSentence = previous === undefined || endsSentence(previous.word);
    const isPronoun = /^i(?:'\p{L}+)?$/u.test(partsOf(text).core) && language.startsWith('en');
    return { ...word, word: startsSentence || isPronoun ? capitalized(text) : text };
  });
}
