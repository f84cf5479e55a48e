import { describe, expect, it } from 'vitest';
import { isInvented } from './confidence.js';

const decoded = (...tokenLogProbs: number[]) =>
  ({ tokens: tokenLogProbs.map(() => 5), tokenLogProbs, stopReason: 'end-of-text' }) as const;

const bounds = { inventedBelow: -4.5, inventedInDoubtBelow: -2.5, doubtBelowPeak: 0.9, doubtfulBelow: -0.45 };

describe('isInvented', () => {
  it('drops what the model did not believe itself', () => {
    expect(isInvented(decoded(-7.6), 1, bounds)).toBe(true);
  });

  it('keeps an unsure word', () => {
    expect(isInvented(decoded(-3.2), 1, bounds)).toBe(false);
    expect(isInvented(decoded(-9, -0.1, -0.1, -0.2), 1, bounds)).toBe(false);
  });

  it('asks for more where the detector was never sure of speech', () => {
    expect(isInvented(decoded(-3.2), 0.76, bounds)).toBe(true);
    expect(isInvented(decoded(-2.2), 0.76, bounds)).toBe(false);
  });

  it('has no opinion on nothing', () => {
    expect(isInvented(decoded(), 1, bounds)).toBe(false);
  });
});
