import { describe, expect, it } from 'vitest';
import { findRepetition, lengthWithoutRepetition } from './repetition-guard.js';

describe('findRepetition', () => {
  it('finds a decoder that says the same phrase again and again', () => {
    const tokens = [5, 6, ...Array.from({ length: 4 }, () => [10, 11, 12, 13]).flat()];
    const repetition = findRepetition(tokens);
    expect(repetition).toEqual({ length: 4, times: 4 });
    expect(tokens.slice(0, lengthWithoutRepetition(tokens, repetition!))).toEqual([5, 6, 10, 11, 12, 13]);
  });

  it('finds one token that is stuck', () => {
    expect(findRepetition([1, ...Array.from({ length: 12 }, () => 7)])).toEqual({ length: 1, times: 12 });
  });

  it('lets people say a word three times', () => {
    expect(findRepetition([694, 29892, 694, 29892, 694])).toBeUndefined();
    expect(findRepetition([8, 9, 8, 9, 8, 9])).toBeUndefined();
  });

  it('says nothing of a text without a loop', () => {
    expect(findRepetition(Array.from({ length: 200 }, (_, at) => at))).toBeUndefined();
  });
});
