import type { TimedWord } from './word-times.js';

/** Full stops of all scripts that Whisper writes. */
const endOfSentence = /[.?!…。！？．؟۔।॥။።៕։།]["'”’»)\]」』）]*$/u;
/** Words whose full stop does not end a sentence. */
const abbreviation = /^["'“‘(]*(?:mr|mrs|ms|messrs|dr|prof|st|rev|hon|capt|col|gen|lt|sgt|no|vs|\p{L})\.$/iu;
const startsLowerCase = /^["'“‘(]*\p{Ll}/u;

/**
 * Groups words into sentences by their punctuation.
 * @param pauseSeconds pause that ends a sentence, whatever the punctuation
 * @returns all words in order; no sentence is empty
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
