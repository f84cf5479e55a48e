import { separatorBetween, splitWords } from '../common/words.js';
import type { TimedWord, TranscriptSegment } from './transcript.js';

export type { TimedWord } from './transcript.js';

/**
 * The words of a segment, spread over its time by their number of characters. An estimate: the model gives no word
 * times, and a segment lasts up to 1.25 times SEGMENT_SECONDS (25 s by default), with pauses of up to 1.5 s in it.
 * docs/api/rest.md says so to clients. Words of a segment that a convention has changed have their times already.
 */
export function spreadWords(segment: TranscriptSegment): readonly TimedWord[] {
  if (segment.words !== undefined) return segment.words;
  const words = splitWords(segment.text);
  const characters = words.reduce((sum, { word }) => sum + word.length, 0);
  const secondsPerCharacter = (segment.endSeconds - segment.startSeconds) / Math.max(1, characters);
  let at = 0;
  return words.map((word) => {
    const startSeconds = segment.startSeconds + at * secondsPerCharacter;
    at += word.word.length;
    return { ...word, startSeconds, endSeconds: segment.startSeconds + at * secondsPerCharacter };
  });
}

/** The words of several segments, each with what precedes it in the whole text. */
export function spreadAllWords(segments: readonly TranscriptSegment[]): readonly TimedWord[] {
  let newest = '';
  return segments.flatMap((segment) => {
    const [first, ...others] = spreadWords(segment);
    if (first === undefined) return [];
    const before = separatorBetween(newest, segment.text);
    newest = segment.text;
    return [{ ...first, before }, ...others];
  });
}
