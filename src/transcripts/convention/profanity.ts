import type { TimedWord } from '../word-times.js';
import { partsOf } from './word-parts.js';

/** English words that hardly have a decent meaning. "damn", "hell", "ass" and "cock" have one, and stay. */
const profane =
  /^(?:(?:mother)?fuck(?:s|ed|er|ers|ing|in|in')?|(?:bull|horse)?shit(?:s|ty|ting|ted)?|bitch(?:es|y|ing)?|cunts?|(?:ass|arse)holes?|bastards?|dickheads?|wank(?:er|ers|ing)|twats?|whores?|sluts?|nigg(?:er|ers|a|as)|faggots?)$/i;

/** As many asterisks as Deepgram writes, whatever the length of the word. */
const mask = '****';

/** Writes asterisks in the place of profane English words. */
export function maskProfanity(words: readonly TimedWord[]): readonly TimedWord[] {
  return words.map((word) => {
    const { opening, core, closing } = partsOf(word.word);
    const isProfane = core.split('-').some((part) => profane.test(part.replace(/['’]s$/u, '')));
    return isProfane ? { ...word, word: opening + mask + closing } : word;
  });
}
