import type { TimedWord } from '../word-times.js';
import { cardinalOf, isNumberWord, scales, tensOf, unitOf } from './number-vocabulary.js';
import { spokenNumber } from './number-words.js';
import { parseNumber } from './parse-number.js';
import { dividedWord, inCaseOf, mergedWord, partsOf } from './word-parts.js';

/** A part of a word: "twenty-two" has two. */
interface Piece {
  readonly text: string;
  /** The index of its word. */
  readonly index: number;
  readonly isLastOfWord: boolean;
}

/**
 * Writes English numbers in digits, without separators of thousands. One word in the place of several lasts from the first
 * to the last. A single "one" stays: it is mostly a pronoun; it is 1 next to another number. Single ordinals ("second") stay.
 */
export function numbersAsDigits(words: readonly TimedWord[]): readonly TimedWord[] {
  const written: TimedWord[] = [];
  let at = 0;
  while (at < words.length) {
    const run = runFrom(words, at);
    const number = wholeNumber(run);
    if (number === undefined || isPronoun(words, at, number.words, number.digits)) {
      written.push(withoutSeparators(words[at]!));
      at++;
      continue;
    }
    const replaced = words.slice(at, at + number.words);
    const { opening } = partsOf(replaced[0]!.word);
    const { closing } = partsOf(replaced.at(-1)!.word);
    written.push(mergedWord(replaced, opening + number.digits + closing));
    at += number.words;
  }
  return written;
}

/** Writes digits as English says them; what has no one way to be said (10:30, A4) stays. */
export function numbersAsWords(words: readonly TimedWord[]): readonly TimedWord[] {
  return words.flatMap((word) => {
    const { opening, core, closing } = partsOf(word.word);
    const isPercent = closing.startsWith('%');
    const spoken = spokenNumber(isPercent ? `${core}%` : core) ?? hyphenatedNumber(core);
    if (spoken === undefined || /[$€£#]$/u.test(opening)) return [word];
    const [first, ...others] = spoken;
    const texts = [opening + inCaseOf(core, first!), ...others];
    texts[texts.length - 1] += isPercent ? closing.slice(1) : closing;
    return dividedWord(word, texts);
  });
}

/** "twenty-two" is two words. */
function hyphenatedNumber(core: string): readonly string[] | undefined {
  const pieces = core.toLowerCase().split('-');
  const isNumber = pieces.length === 2 && tensOf(pieces[0]) !== undefined;
  const last = pieces[1] ?? '';
  return isNumber && (unitOf(last) !== undefined || cardinalOf(last) !== undefined) ? pieces : undefined;
}

/** The words from `at` on that may belong to one number: punctuation between words ends it. */
function runFrom(words: readonly TimedWord[], at: number): readonly Piece[] {
  const run: Piece[] = [];
  for (let index = at; index < words.length; index++) {
    const { opening, core, closing } = partsOf(words[index]!.word);
    if (index > at && opening !== '') break;
    const texts = core.toLowerCase().split('-');
    const next = partsOf(words[index + 1]?.word ?? '').core.toLowerCase();
    const isScaled =
      /^\d{1,3}$/.test(core) && closing === '' && (next === 'hundred' || Object.hasOwn(scales, next));
    if (!isScaled && !texts.every(isNumberWord)) break;
    texts.forEach((text, part) => run.push({ text, index, isLastOfWord: part === texts.length - 1 }));
    if (closing !== '') break;
  }
  return run;
}

/** The number at the beginning of a run, if it ends where a word ends. */
function wholeNumber(run: readonly Piece[]): { digits: string; words: number } | undefined {
  const number = parseNumber(
    run.map(({ text }) => text),
    0,
  );
  const last = run[(number?.length ?? 0) - 1];
  if (number === undefined || last?.isLastOfWord !== true) return undefined;
  return { digits: number.digits, words: last.index - run[0]!.index + 1 };
}

function isPronoun(words: readonly TimedWord[], at: number, length: number, digits: string): boolean {
  if (digits !== '1' || length !== 1) return false;
  return ![words[at - 1], words[at + 1]].some((word) => {
    const core = partsOf(word?.word ?? '').core.toLowerCase();
    return unitOf(core) !== undefined || tensOf(core) !== undefined || /^\d+$/.test(core);
  });
}

/** "1,000" is "1000". */
function withoutSeparators(word: TimedWord): TimedWord {
  const { opening, core, closing } = partsOf(word.word);
  if (!/^\d{1,3}(,\d{3})+$/.test(core)) return word;
  return { ...word, word: opening + core.replaceAll(',', '') + closing };
}
