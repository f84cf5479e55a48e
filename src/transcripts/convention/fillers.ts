import type { TimedWord } from '../word-times.js';
import { capitalized, endsSentence, inCaseOf, isEllipsis, partsOf } from './word-parts.js';

/**
 * Sounds of somebody who thinks, and their one spelling. "uh-huh" and "mhmm" are answers and no fillers. Only English has
 * this list: "um" is a word of German and Portuguese.
 */
const spellings: readonly (readonly [RegExp, string])[] = [
  [/^u+h*m+$/i, 'um'],
  [/^u+h+$/i, 'uh'],
  [/^e+rm+$/i, 'erm'],
  [/^e+r$/i, 'er'],
  [/^h+m+$/i, 'hmm'],
];

/** The spelling of a filler; undefined for every other word. "ER" in capitals is a place, and "UM" may be a name. */
function fillerOf(word: string): string | undefined {
  const { core } = partsOf(word);
  if (core.length > 1 && core === core.toUpperCase()) return undefined;
  return spellings.find(([pattern]) => pattern.test(core))?.[1];
}

/** Leaves fillers out, with the punctuation that they brought: "Um... the weather" becomes "The weather". */
export function removeFillers(words: readonly TimedWord[]): readonly TimedWord[] {
  const kept: TimedWord[] = [];
  let startsSentence = false;
  for (const word of words) {
    if (fillerOf(word.word) !== undefined) {
      const { core, closing } = partsOf(word.word);
      const previous = kept.at(-1);
      if (previous !== undefined && !endsSentence(previous.word))
        kept[kept.length - 1] = { ...previous, word: closedBy(previous.word, closing) };
      const isAtStart = previous === undefined || endsSentence(previous.word);
      startsSentence ||= isAtStart && /^\p{Lu}/u.test(core);
      continue;
    }
    kept.push(startsSentence ? { ...word, word: capitalized(word.word) } : word);
    startsSentence = false;
  }
  const [first, ...others] = kept;
  return first === undefined ? [] : [{ ...first, before: words[0]!.before }, ...others];
}

/** The word before a filler, with the punctuation that both leave: commas around a filler go with it. */
function closedBy(word: string, closing: string): string {
  const { opening, core, closing: own } = partsOf(word);
  if (/[.?!]/.test(closing) && !isEllipsis(closing)) return opening + core + closing;
  const wasSetApart = own === ',' || own === '-' || own === '—' || isEllipsis(own);
  return wasSetApart && closing !== '' ? opening + core : word;
}

/** Writes each filler in its one spelling with a comma, unless a sentence ends there. */
export function spellFillers(words: readonly TimedWord[]): readonly TimedWord[] {
  return words.map((word, index) => {
    const filler = fillerOf(word.word);
    if (filler === undefined) return word;
    const { opening, core, closing } = partsOf(word.word);
    const isLast = index === words.length - 1;
    const end = endsSentence(word.word) ? closing : isLast ? '' : ',';
    return { ...word, word: opening + inCaseOf(core, filler) + end };
  });
}
