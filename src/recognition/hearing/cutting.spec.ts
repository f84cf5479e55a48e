import { describe, expect, it } from 'vitest';
import { longestOverTarget, targetSeconds } from './cutting.js';

describe('the length at which speech is cut', () => {
  it('is the wanted length where the model takes more', () => {
    expect(targetSeconds(20, 1_936, 30)).toBe(20);
  });

  it('leaves no segment longer than the model takes, with what is put around it', () => {
    const target = targetSeconds(20, 1_936, 10);
    expect(target * longestOverTarget + 1.936).toBeCloseTo(10, 6);
  });
});
