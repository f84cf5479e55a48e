import { describe, expect, it } from 'vitest';
import type { LabelRow } from './label-manifest.js';
import { rankForLabelling } from './labelling-value.js';

function row(line: number, hypothesis: string, fields: Record<string, unknown> = {}): LabelRow {
  return {
    line,
    fields: { file: `${line}.wav`, ...fields },
    audioKey: 'file',
    audioPath: `/${line}.wav`,
    textKey: undefined,
    text: '',
    language: 'en',
    hypothesis,
  };
}

const texts = ['open the door', 'what time is it', 'call my mother', 'play some jazz', 'how far is rome'];
const linesOf = (rows: readonly LabelRow[], hashes: readonly string[] = [], count = 10): number[] =>
  rankForLabelling(rows, hashes, count).map((ranked) => ranked.row.line);

describe('rankForLabelling', () => {
  it('puts what the model is unsure of, and what another model hears otherwise, first', () => {
    const rows = texts.map((text, index) =>
      row(index, text, {
        confidence: [0.9, 0.3, 0.8, 0.95, 0.5][index],
        disagreement: [0, 0.2, 0.9, 0, 0][index],
      }),
    );
    expect(linesOf(rows)).toEqual([1, 2, 4, 0, 3]);
    expect(linesOf(rows, [], 2)).toEqual([1, 2]);
  });

  it('prefers audio that is rare among the rows', () => {
    const rows = texts.map((text, index) =>
      row(index, text, { confidence: 0.5, features: { codec: index === 3 ? 'mulaw' : 'pcm', snrDb: 20 } }),
    );
    expect(linesOf(rows)[0]).toBe(3);
  });

  it('takes one of several that say nearly the same, and the same audio once', () => {
    const rows = [
      row(0, 'open the front door now', { confidence: 0.1 }),
      row(1, 'open the front door now.', { confidence: 0.1 }),
      row(2, 'play some jazz', { confidence: 0.6 }),
      row(3, 'something else', { confidence: 0.2 }),
      row(4, 'how far is rome', { confidence: 0.9 }),
    ];
    expect(linesOf(rows, ['a', 'b', 'c', 'a', 'd'])).toEqual([0, 2, 1, 4]);
  });

  it('ranks rows of which nothing is known, without an invented value', () => {
    const [first] = rankForLabelling([row(0, ''), row(1, '')], [], 1);
    expect(first).toMatchObject({ value: 0, uncertainty: undefined, disagreement: undefined, rarity: 0 });
  });
});
