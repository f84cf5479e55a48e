import { describe, expect, it } from 'vitest';
import { spreadWords } from '../word-times.js';
import type { Transcript, TranscriptSegment } from '../transcript.js';
import { asRecognized } from './convention.js';
import { conventionalTranscript } from './conventional-transcript.js';

const segment = (id: number, text: string, language?: string): TranscriptSegment => ({
  id,
  startSeconds: id * 10,
  endSeconds: id * 10 + 10,
  text,
  tokens: [1],
  tokenBytes: [new Uint8Array(1)],
  tokenLogProbs: [-0.1],
  meanLogProb: -0.1,
  ...(language !== undefined && { language }),
});
const transcript: Transcript = {
  text: 'Um, twenty two men. Uh. Um zehn.',
  language: 'en',
  durationSeconds: 30,
  segments: [segment(0, 'Um, twenty two men.'), segment(1, 'Uh.'), segment(2, 'Um zehn.', 'de')],
};

describe('conventionalTranscript', () => {
  it('returns the same transcript if nothing is asked for', () => {
    expect(conventionalTranscript(transcript, asRecognized)).toBe(transcript);
  });

  it('makes text and words of the changed segments, by the language of each', () => {
    const made = conventionalTranscript(transcript, {
      ...asRecognized,
      fillers: 'remove',
      numbers: 'digits',
    });
    expect(made.text).toBe('22 men. Um zehn.');
    expect(made.segments.map(({ text }) => text)).toEqual(['22 men.', 'Um zehn.']);
  });

  it('keeps the times of words, and gives a number those of its words together', () => {
    const before = spreadWords(transcript.segments[0]!);
    const made = conventionalTranscript(transcript, {
      ...asRecognized,
      fillers: 'remove',
      numbers: 'digits',
    });
    const [number, men] = spreadWords(made.segments[0]!);
    expect(number).toEqual({
      word: '22',
      before: '',
      startSeconds: before[1]!.startSeconds,
      endSeconds: before[2]!.endSeconds,
    });
    expect(men).toEqual(before[3]);
  });
});
