import { describe, expect, it } from 'vitest';
import { isInvented } from './confidence.js';

const decoded = (...tokenLogProbs: number[]) =>
  ({ tokens: tokenLogProbs.map(() => 5), tokenLogProbs, stopReason: 'end-of-text' }) as const;

describe('isInvented', () => {
  it('drops what the model did not believe itself', () => {
    expect(isInvented(decoded(-7.6), 1)).toBe(true);
  });

  it('keeps an unsure word', () => {
    expect(isInvented(decoded(-3.2), 1)).toBe(false);
    expect(isInvented(decoded(-9, -0.1, -0.1, -0.2), 1)).toBe(false);
  });

  it('asks for more where the detector was never sure of speech', () => {
    expect(isInvented(decoded(-3.2), 0.76)).toBe(true);
    expect(isInvented(decoded(-2.2), 0.76)).toBe(false);
  });

  it('has no opinion on nothing', () => {
    expect(isInvented(decoded(), 1)).toBe(false);
  });
});
