import { describe, expect, it } from 'vitest';
import { segment } from '../../test/support/fake-recognizer.js';
import { joinWords } from '../common/words.js';
import { TranscriptBuilder } from './transcript-builder.js';
import { spreadAllWords, spreadWords } from './word-times.js';

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

  it('finds the words of a script without spaces', () => {
    const words = wordsOf('今天天气很好。');
    expect(words.map(({ word }) => word)).toEqual(['今天', '天气', '很好。']);
    expect(words.at(-1)?.endSeconds).toBeCloseTo(3, 9);
  });

  it('gives nothing for an empty text', () => {
    expect(wordsOf(' ')).toEqual([]);
  });
});

describe('spreadAllWords', () => {
  it('gives the words of a text, with what stands between its segments', () => {
    for (const texts of [
      ['One two.', '', 'Three.'],
      ['今天。', '天气很好。'],
    ]) {
      const builder = new TranscriptBuilder('en');
      texts.forEach((text, id) => builder.add(segment(id, id * 1_000, id * 1_000 + 900, text)));
      const { segments, text } = builder.build(3);
      expect(joinWords(spreadAllWords(segments))).toBe(text);
    }
  });
});
