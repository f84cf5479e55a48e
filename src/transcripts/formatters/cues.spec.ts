import { describe, expect, it } from 'vitest';
import { segment } from '../../../test/support/fake-recognizer.js';
import { transcriptSegment } from '../transcript-builder.js';
import { cuesOf } from './cues.js';
import type { Cue } from './cues.js';

type Spoken = readonly [startMs: number, endMs: number, text: string];
const heard = (...spoken: readonly Spoken[]): Cue[] =>
  cuesOf(spoken.map(([start, end, text], id) => transcriptSegment(segment(id, start, end, text))));
const texts = (cues: readonly Cue[]): string[] => cues.map(({ lines }) => lines.join(' '));
const seconds = ({ startSeconds, endSeconds }: Cue): number => endSeconds - startSeconds;

const longSegment: Spoken = [
  1_000,
  19_000,
  'The family of Dashwood had long been settled in Sussex. Their estate was large, and their residence was at ' +
    'Norland Park, in the centre of their property, where, for many generations, they had lived in so respectable ' +
    'a manner as to engage the general good opinion of their surrounding acquaintance.',
];

describe('cues', () => {
  it('are none where nothing was said', () => {
    expect(heard()).toEqual([]);
    expect(heard([0, 1_000, ' '], [2_000, 3_000, ''])).toEqual([]);
  });

  it('are one with the time of the segment where little was said', () => {
    expect(heard([250, 1_500, 'Hello there.'])).toEqual([
      { startSeconds: 0.25, endSeconds: 1.5, lines: ['Hello there.'] },
    ]);
  });

  it('are cut at the ends of sentences, not at abbreviations', () => {
    const cues = heard([0, 6_000, 'I spoke to Mr. Dashwood today. Will he come to us tomorrow?']);
    expect(texts(cues)).toEqual(['I spoke to Mr. Dashwood today.', 'Will he come to us tomorrow?']);
    expect(cues[1]?.startSeconds).toBe(cues[0]?.endSeconds);
  });

  it('hold a segment of 18 s in two lines of 42 characters and seven seconds each, with all of its words', () => {
    const cues = heard(longSegment);
    expect(texts(cues).join(' ')).toBe(longSegment[2]);
    expect(texts(cues)[0]).toBe('The family of Dashwood had long been settled in Sussex.');
    for (const cue of cues) {
      expect(cue.lines.length).toBeLessThanOrEqual(2);
      for (const line of cue.lines) expect(line.length).toBeLessThanOrEqual(42);
      expect(seconds(cue)).toBeGreaterThan(1);
      expect(seconds(cue)).toBeLessThanOrEqual(7);
    }
  });

  it('follow one another without overlap, from the beginning of the speech to its end', () => {
    const cues = heard(longSegment, [19_500, 21_000, 'So they said.']);
    const times = cues.flatMap(({ startSeconds, endSeconds }) => [startSeconds, endSeconds]);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect([times[0], times.at(-1)]).toEqual([1, 21]);
    for (const cue of cues) expect(seconds(cue)).toBeGreaterThan(0);
  });

  it('keep to two lines where speech is long and has no punctuation', () => {
    const text = Array.from({ length: 60 }, (_, at) => 'abcdefghijklm'.slice(0, 1 + ((at * 5) % 13))).join(
      ' ',
    );
    const cues = heard([0, 20_000, text]);
    expect(texts(cues).join(' ')).toBe(text);
    expect(Math.max(...cues.flatMap(({ lines }) => lines.map(({ length }) => length)))).toBeLessThanOrEqual(
      42,
    );
    expect(Math.max(...cues.map(({ lines }) => lines.length))).toBe(2);
  });

  it('last no longer than seven seconds where somebody speaks slowly', () => {
    const cues = heard([0, 20_000, 'one two three four five six']);
    expect(texts(cues).join(' ')).toBe('one two three four five six');
    for (const cue of cues) expect(seconds(cue)).toBeLessThanOrEqual(7);
  });

  it('keep a word that is longer than a line whole, and by itself', () => {
    const word = 'a'.repeat(50);
    expect(heard([0, 5_000, `He said ${word} twice.`]).map(({ lines }) => lines)).toEqual([
      ['He said'],
      [word],
      ['twice.'],
    ]);
  });

  it('part a long sentence at a comma near its middle rather than within a clause', () => {
    const text =
      'When the old gentleman came to town at last with his horses, nobody was there to meet him at all.';
    expect(texts(heard([0, 6_000, text]))).toEqual([
      'When the old gentleman came to town at last with his horses,',
      'nobody was there to meet him at all.',
    ]);
  });

  it('hold several sentences where each of them is gone within a second', () => {
    expect(texts(heard([0, 1_500, 'Yes. No. I see.']))).toEqual(['Yes. No. I see.']);
    expect(texts(heard([0, 500, 'Yes.'], [1_200, 1_600, 'No.']))).toEqual(['Yes.', 'No.']);
  });
});
