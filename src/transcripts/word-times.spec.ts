import { describe, expect, it } from 'vitest';
import { segment } from '../../test/support/fake-recognizer.js';
import { TranscriptBuilder } from './transcript-builder.js';
import { spreadWords } from './word-times.js';

const wordsOf = (text: string) =>
  spreadWords(new TranscriptBuilder('en').add(segment(0, 1000, 3000, text)).segment);

describe('spreadWords', () => {
  it('fills the segment without gaps, longer words longer', () => {
    const words = wordsOf('an elephant');
    expect(words.map(({ word }) => word)).toEqual(['an', 'elephant']);
    expect(words[0]?.startSeconds).toBe(1);
    expect(words[0]?.endSeconds).toBeCloseTo(1.4, 9);
    expect(words[1]?.startSeconds).toBe(words[0]?.endSeconds);
    expect(words[1]?.endSeconds).toBeCloseTo(3, 9);
  });

  it('gives nothing for an empty text', () => {
    expect(wordsOf(' ')).toEqual([]);
  });
});
