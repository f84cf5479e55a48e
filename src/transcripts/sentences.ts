import type { TimedWord } from './word-times.js';

const endOfSentence = /[.?!…。！？]["'”’»)\]]*$/u;
/** They end with a full stop, and go on. */
const abbreviation = /^["'“‘(]*(?:mr|mrs|ms|messrs|dr|prof|st|rev|hon|capt|col|gen|lt|sgt|no|vs|\p{L})\.$/iu;
const startsLowerCase = /^["'“‘(]*\p{Ll}/u;

/**
 * The words, parted into sentences by their punctuation.
 * @param pauseSeconds a pause that ends a sentence, whatever its punctuation
 * @returns all words in their order; no sentence is empty
 */
export function sentencesOf(words: readonly TimedWord[], pauseSeconds: number): TimedWord[][] {
  const sentences: TimedWord[][] = [];
  let sentence: TimedWord[] = [];
  words.forEach((word, at) => {
    sentence.push(word);
    const next = words[at + 1];
    if (next !== undefined && pauseBetween(word, next) < pauseSeconds && !endsSentence(word, next)) return;
    sentences.push(sentence);
    sentence = [];
  });
  return sentences;
}

/** Seconds of silence between two words. */
export function pauseBetween(before: TimedWord, next: TimedWord): number {
  return next.startSeconds - before.endSeconds;
}

function endsSentence({ word }: TimedWord, next: TimedWord): boolean {
  return endOfSentence.test(word) && !abbreviation.test(word) && !startsLowerCase.test(next.word);
}
