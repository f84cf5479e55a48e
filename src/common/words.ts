import { primaryOf } from './language-tag.js';

/** A word as it stands in a text, with the punctuation that clings to it. */
export interface TextWord {
  readonly word: string;
  /** What precedes it: a space, or nothing at the beginning and between words of scripts without spaces. */
  readonly before: '' | ' ';
}

/** Scripts that write words without spaces between them. Script_Extensions, for `ー` and the like. */
const unspaced =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]/u;
const unspacedLetter = new RegExp(`(?=\\p{L})${unspaced.source}`, 'u');
/** Scripts that have no spaces between sentences either, and their punctuation. */
const chineseOrJapanese = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\u3000-\u303f\uff00-\uffef]/u;
/** Punctuation that clings to the word after it. */
const opening = /^[\p{Ps}\p{Pi}¿¡]+$/u;

/** Languages that are written without spaces between words, by their BCP 47 tags without a region. */
const unspacedLanguages: readonly string[] = ['zh', 'yue', 'ja', 'th', 'lo', 'km', 'my', 'bo', 'dz'];

/** Made once: it takes long to make. The dictionaries are the same in all locales. */
const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

/** @param language BCP 47 tag; without it the letters decide */
export function isUnspaced(text: string, language?: string): boolean {
  const primary = primaryOf(language ?? 'und');
  return primary === 'und' ? unspacedLetter.test(text) : unspacedLanguages.includes(primary);
}

/** Divides a text at its spaces and, in scripts without spaces, where a dictionary finds words. */
export function splitWords(text: string): readonly TextWord[] {
  return text
    .split(/\s+/u)
    .filter((chunk) => chunk !== '')
    .flatMap((chunk, at) => {
      const words = unspacedLetter.test(chunk) ? dictionaryWords(chunk) : [chunk];
      return words.map((word, place) => ({ word, before: at > 0 && place === 0 ? ' ' : '' }) as const);
    });
}

/** The text of words that follow one another, without what precedes the first. */
export function joinWords(words: readonly TextWord[]): string {
  return words.map(({ word, before }, at) => (at === 0 ? word : before + word)).join('');
}

/** What belongs between two texts of one speaker: a space, or nothing in Chinese and Japanese, or if one is empty. */
export function separatorBetween(first: string, second: string): '' | ' ' {
  // Two units hold the last character, whatever its plane.
  const last = [...first.slice(-2)].at(-1) ?? '';
  const [next = ''] = second;
  if (last === '' || next === '') return '';
  return chineseOrJapanese.test(last) && chineseOrJapanese.test(next) ? '' : ' ';
}

/** Columns that a text takes, in letters of Latin: a mark above or below a letter takes none, a letter of Chinese more. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += columnsOfCharacter(character);
  return columns;
}

/** Subtitles have 42 letters in a line, but 16 of Chinese, Japanese or Korean. */
const wideColumns = 2.5;
const wide = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{Script=Hangul}\u3000-\u303f\uff01-\uff60]/u;

function columnsOfCharacter(character: string): number {
  if (character <= '\u02ff') return 1;
  if (/\p{Mn}/u.test(character)) return 0;
  return wide.test(character) ? wideColumns : 1;
}

/** @param chunk a text without spaces */
function dictionaryWords(chunk: string): readonly string[] {
  const words: string[] = [];
  // Punctuation that waits for its word.
  let pending = '';
  for (const { segment, isWordLike } of segmenter.segment(chunk)) {
    if (isWordLike === true) {
      words.push(pending + segment);
      pending = '';
    } else if (opening.test(segment) || words.length === 0 || pending !== '') {
      pending += segment;
    } else {
      words[words.length - 1] += segment;
    }
  }
  if (pending !== '') {
    if (words.length === 0) words.push(pending);
    else words[words.length - 1] += pending;
  }
  return words;
}
