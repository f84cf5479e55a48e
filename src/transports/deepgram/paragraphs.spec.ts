import { describe, expect, it } from 'vitest';
import { segment } from '../../../test/support/fake-recognizer.js';
import { transcriptSegment } from '../../transcripts/transcript-builder.js';
import { paragraphsOf } from './paragraphs.js';
import type { ListenParagraphs } from './paragraphs.js';

type Spoken = readonly [startMs: number, endMs: number, text: string];
const heard = (...spoken: readonly Spoken[]): ListenParagraphs =>
  paragraphsOf(spoken.map(([start, end, text], id) => transcriptSegment(segment(id, start, end, text))));
const sentences = ({ paragraphs }: ListenParagraphs): string[][] =>
  paragraphs.map((paragraph) => paragraph.sentences.map(({ text }) => text));

describe('paragraphs', () => {
  it('are none where nobody speaks', () => {
    expect(heard()).toEqual({ transcript: '', paragraphs: [] });
    expect(heard([0, 1_000, ''])).toEqual({ transcript: '', paragraphs: [] });
  });

  it('have sentences with their times and the number of their words', () => {
    expect(heard([1_000, 3_000, 'Good day. How do you do?'])).toEqual({
      transcript: '\nGood day. How do you do?',
      paragraphs: [
        {
          sentences: [
            { text: 'Good day.', start: 1, end: 1.842 },
            { text: 'How do you do?', start: 1.842, end: 3 },
          ],
          num_words: 6,
          start: 1,
          end: 3,
        },
      ],
    });
  });

  it('are parted by a blank line where somebody pauses', () => {
    const { transcript, paragraphs } = heard(
      [0, 1_000, 'One.'],
      [1_400, 2_000, 'Two.'],
      [4_000, 5_000, 'Three.'],
    );
    expect(transcript).toBe('\nOne. Two.\n\nThree.');
    expect(paragraphs.map(({ start, end }) => [start, end])).toEqual([
      [0, 2],
      [4, 5],
    ]);
  });

  it('are parted after five sentences without any pause', () => {
    const text = Array.from({ length: 12 }, (_, at) => `Sentence ${at}.`).join(' ');
    expect(sentences(heard([0, 20_000, text])).map(({ length }) => length)).toEqual([5, 5, 2]);
  });

  it('hold all words, also of speech without punctuation', () => {
    const long = Array.from({ length: 50 }, (_, at) => `w${at}`).join(' ');
    const result = heard([0, 9_000, long], [9_200, 9_900, 'and more'], [12_000, 13_000, 'then']);
    expect(sentences(result)).toEqual([[`${long} and more`], ['then']]);
    expect(result.paragraphs.map(({ num_words: words }) => words)).toEqual([52, 1]);
  });

  it.each([
    ['And Mr. John Dashwood had leisure. He went.', 2],
    ['"No!" he said. "Why?" She left at 3 p.m. and came back.', 3],
    ['J. R. Smith lives in St. James. Yes.', 2],
    ['It costs 3.5 dollars.', 1],
  ])('take no abbreviation for the end of a sentence: %s', (text, count) => {
    expect(sentences(heard([0, 5_000, text])).flat()).toHaveLength(count);
    expect(
      sentences(heard([0, 5_000, text]))
        .flat()
        .join(' '),
    ).toBe(text);
  });

  it('let a sentence go on over a short pause between segments', () => {
    expect(sentences(heard([0, 1_000, 'I went to'], [1_300, 2_000, 'the house.']))).toEqual([
      ['I went to the house.'],
    ]);
  });

  it('have no spaces in scripts without them', () => {
    const { transcript, paragraphs } = heard(
      [0, 3_000, '今天天气很好。我们去公园。'],
      [3_100, 4_000, '好的。'],
    );
    expect(transcript).toBe('\n今天天气很好。我们去公园。好的。');
    expect(paragraphs[0]?.sentences.map(({ text }) => text)).toEqual([
      '今天天气很好。',
      '我们去公园。',
      '好的。',
    ]);
  });
});
