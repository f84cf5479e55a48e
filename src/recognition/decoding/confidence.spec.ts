import { describe, expect, it } from 'vitest';
import { isInvented } from './confidence.js';

const decoded = (...tokenLogProbs: number[]) =>
  ({ tokens: tokenLogProbs.map(() => 5), tokenLogProbs, stopReason: 'end-of-text' }) as const;

describe('isInvented', () => {
  it('drops what the model did not believe itself', () => {
    expect(isInvented(decoded(-7.6))).toBe(true);
  });

  it('keeps an unsure word', () => {
    expect(isInvented(decoded(-3.2))).toBe(false);
    expect(isInvented(decoded(-9, -0.1, -0.1, -0.2))).toBe(false);
  });

  it('has no opinion on nothing', () => {
    expect(isInvented(decoded())).toBe(false);
  });
});
