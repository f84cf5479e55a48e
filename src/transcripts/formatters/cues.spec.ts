import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../common/words.js';
import { segment } from '../../../test/support/fake-recognizer.js';
import { transcriptSegment } from '../transcript-builder.js';
import { cuesOf } from './cues.js';
import type { Cue } from './cues.js';

type Spoken = readonly [startMs: number, endMs: number, text: string];
const cuesOfSpoken = (...spoken: readonly Spoken[]): Cue[] =>
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
  it('do not exist without speech', () => {
    expect(cuesOfSpoken()).toEqual([]);
    expect(cuesOfSpoken([0, 1_000, ' '], [2_000, 3_000, ''])).toEqual([]);
  });

  it('consist of one cue with the time of the segment for a short text', () => {
    expect(cuesOfSpoken([250, 1_500, 'Hello there.'])).toEqual([
      { startSeconds: 0.25, endSeconds: 1.5, lines: ['Hello there.'] },
    ]);
  });

  it('are cut at the ends of sentences, not at abbreviations', () => {
    const cues = cuesOfSpoken([0, 6_000, 'I spoke to Mr. Dashwood today. Will he come to us tomorrow?']);
    expect(texts(cues)).toEqual(['I spoke to Mr. Dashwood today.', 'Will he come to us tomorrow?']);
    expect(cues[1]?.startSeconds).toBe(cues[0]?.endSeconds);
  });

  it('divide a segment of 18 s into cues of at most two lines, 42 characters a line and seven seconds', () => {
    const cues = cuesOfSpoken(longSegment);
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
    const cues = cuesOfSpoken(longSegment, [19_500, 21_000, 'So they said.']);
    const times = cues.flatMap(({ startSeconds, endSeconds }) => [startSeconds, endSeconds]);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect([times[0], times.at(-1)]).toEqual([1, 21]);
    for (const cue of cues) expect(seconds(cue)).toBeGreaterThan(0);
  });

  it('have at most two lines when long speech has no punctuation', () => {
    const text = Array.from({ length: 60 }, (_, at) => 'abcdefghijklm'.slice(0, 1 + ((at * 5) % 13))).join(
      ' ',
    );
    const cues = cuesOfSpoken([0, 20_000, text]);
    expect(texts(cues).join(' ')).toBe(text);
    expect(Math.max(...cues.flatMap(({ lines }) => lines.map(({ length }) => length)))).toBeLessThanOrEqual(
      42,
    );
    expect(Math.max(...cues.map(({ lines }) => lines.length))).toBe(2);
  });

  it('last at most seven seconds when somebody speaks slowly', () => {
    const cues = cuesOfSpoken([0, 20_000, 'one two three four five six']);
    expect(texts(cues).join(' ')).toBe('one two three four five six');
    for (const cue of cues) expect(seconds(cue)).toBeLessThanOrEqual(7);
  });

  it('do not divide a word that is longer than a line, and keep it alone', () => {
    const word = 'a'.repeat(50);
    expect(cuesOfSpoken([0, 5_000, `He said ${word} twice.`]).map(({ lines }) => lines)).toEqual([
      ['He said'],
      [word],
      ['twice.'],
    ]);
  });

  it('divide a long sentence at a comma near its middle, not within a clause', () => {
    const text =
      'When the old gentleman came to town at last with his horses, nobody was there to meet him at all.';
    expect(texts(cuesOfSpoken([0, 6_000, text]))).toEqual([
      'When the old gentleman came to town at last with his horses,',
      'nobody was there to meet him at all.',
    ]);
  });

  it('join sentences that each last less than a second', () => {
    expect(texts(cuesOfSpoken([0, 1_500, 'Yes. No. I see.']))).toEqual(['Yes. No. I see.']);
    expect(texts(cuesOfSpoken([0, 500, 'Yes.'], [1_200, 1_600, 'No.']))).toEqual(['Yes.', 'No.']);
  });

  it.each([
    [
      'Chinese',
      '今天的天气非常好，所以我们决定带着孩子们一起去城市中心的公园里散步，那里有很多漂亮的花和高大的树木，还有一个安静的小湖可以划船。',
    ],
    ['Thai', 'วันนี้อากาศดีมากเราจึงตัดสินใจพาเด็กๆไปเดินเล่นที่สวนสาธารณะใจกลางเมืองซึ่งมีดอกไม้สวยงามมากมาย'],
  ])('break lines of %s between words, though it has no spaces', (_, text) => {
    const cues = cuesOfSpoken([0, 18_000, text]);
    expect(cues.flatMap(({ lines }) => lines).join('')).toBe(text);
    expect(cues.length).toBeGreaterThan(1);
    for (const cue of cues) {
      expect(cue.lines.length).toBeLessThanOrEqual(2);
      for (const line of cue.lines) expect(columnsOf(line)).toBeLessThanOrEqual(42);
      expect(seconds(cue)).toBeLessThanOrEqual(7);
    }
  });

  it('have at most 16 letters of Chinese in a line, and no line that begins with a comma', () => {
    const cues = cuesOfSpoken([0, 6_000, '我们今天上午在办公室里讨论了新的计划，下午去公园。']);
    for (const line of cues.flatMap(({ lines }) => lines)) {
      expect([...line].length).toBeLessThanOrEqual(16);
      expect(line).not.toMatch(/^[，。]/);
    }
  });
});
