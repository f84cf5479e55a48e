import { describe, expect, it } from 'vitest';
import { endedByLimit, findRepetition } from './repetition-guard.js';

const probable = (tokens: readonly number[]): number[] => tokens.map((_, at) => -at);

describe('findRepetition', () => {
  it('finds a phrase that is said again and again', () => {
    const tokens = [5, 6, ...Array.from({ length: 4 }, () => [10, 11, 12, 13]).flat()];
    expect(findRepetition(tokens)).toEqual({ length: 4, times: 4 });
  });

  it('finds one token that is said again and again', () => {
    expect(findRepetition([1, ...Array.from({ length: 12 }, () => 7)])).toEqual({ length: 1, times: 12 });
  });

  it('takes a word that is said three times for no cycle', () => {
    expect(findRepetition([694, 29892, 694, 29892, 694])).toBeUndefined();
    expect(findRepetition([8, 9, 8, 9, 8, 9])).toBeUndefined();
  });

  it('says nothing of a text without a cycle', () => {
    expect(findRepetition(Array.from({ length: 200 }, (_, at) => at))).toBeUndefined();
  });
});

describe('endedByLimit', () => {
  it('keeps one round of a loop, with its probabilities', () => {
    const tokens = [5, 6, ...Array.from({ length: 4 }, () => [10, 11, 12, 13]).flat()];
    expect(endedByLimit(tokens, probable(tokens))).toEqual({
      tokens: [5, 6, 10, 11, 12, 13],
      tokenLogProbs: [-0, -1, -2, -3, -4, -5],
      stopReason: 'repetition',
    });
  });

  it('keeps all of a text that has no loop', () => {
    const tokens = Array.from({ length: 20 }, (_, at) => at);
    expect(endedByLimit(tokens, probable(tokens))).toEqual({
      tokens,
      tokenLogProbs: probable(tokens),
      stopReason: 'max-tokens',
    });
  });
});
