import type { TranscriptSegment } from './transcript.js';

export interface TimedWord {
  /** As it stands in the text, with its punctuation. */
  readonly word: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/**
 * The words of a segment, spread over its time by their number of characters. An estimate: the model gives no word
 * times, and a segment lasts up to 1.25 times SEGMENT_SECONDS (25 s by default), with pauses of up to 1.5 s in it.
 * docs/api/rest.md says so to clients.
 */
export function spreadWords(segment: TranscriptSegment): readonly TimedWord[] {
  const words = segment.text.split(/\s+/).filter((word) => word !== '');
  const characters = words.reduce((sum, word) => sum + word.length, 0);
  const secondsPerCharacter = (segment.endSeconds - segment.startSeconds) / Math.max(1, characters);
  let at = 0;
  return words.map((word) => {
    const startSeconds = segment.startSeconds + at * secondsPerCharacter;
    at += word.length;
    return { word, startSeconds, endSeconds: segment.startSeconds + at * secondsPerCharacter };
  });
}
