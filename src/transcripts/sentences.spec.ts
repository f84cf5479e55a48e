import { describe, expect, it } from 'vitest';
import { segment } from '../../test/support/fake-recognizer.js';
import { sentencesOf } from './sentences.js';
import { transcriptSegment } from './transcript-builder.js';
import { spreadWords } from './word-times.js';

const words = (startMs: number, endMs: number, text: string) =>
  spreadWords(transcriptSegment(segment(0, startMs, endMs, text)));
const texts = (...parameters: Parameters<typeof sentencesOf>): string[] =>
  sentencesOf(...parameters).map((sentence) => sentence.map(({ word }) => word).join(' '));

describe('sentencesOf', () => {
  it('divides at punctuation, but not at an abbreviation or before a lower-case letter', () => {
    expect(texts(words(0, 4_000, '"Why?" said Mr. Dashwood. He left… and came back!'), 1)).toEqual([
      '"Why?" said Mr. Dashwood.',
      'He left… and came back!',
    ]);
  });

  it('divides at a pause of the given length, whatever the punctuation', () => {
    const spoken = [...words(0, 1_000, 'I went to'), ...words(2_000, 3_000, 'the house')];
    expect(texts(spoken, 1)).toEqual(['I went to', 'the house']);
    expect(texts(spoken, 1.1)).toEqual(['I went to the house']);
  });

  it('returns no sentences without words', () => {
    expect(sentencesOf([], 1)).toEqual([]);
  });
});
