import { describe, expect, it } from 'vitest';
import { hasOmission } from './omission.js';

const bounds = { tokensPerSecondBelow: 2, fromSeconds: 8 };
const text = (tokens: number) => ({ tokens: new Array<number>(tokens).fill(5) });

describe('hasOmission', () => {
  it('finds a text that is too short for its audio', () => {
    expect(hasOmission(text(19), 10 * 16_000, bounds)).toBe(true);
    expect(hasOmission(text(20), 10 * 16_000, bounds)).toBe(false);
  });

  it('says nothing of short audio, and of a model without bounds', () => {
    expect(hasOmission(text(1), 7 * 16_000, bounds)).toBe(false);
    expect(hasOmission(text(1), 10 * 16_000, undefined)).toBe(false);
  });
});
