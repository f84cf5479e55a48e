import { describe, expect, it } from 'vitest';
import { comparePaired } from './paired-test.js';
import type { ClipErrors } from './paired-test.js';

const clips = (errors: readonly number[]): ClipErrors[] =>
  errors.map((count) => ({ errors: count, referenceWords: 10 }));
const repeat = (pattern: readonly number[], times: number): number[] =>
  Array.from({ length: times }, () => pattern).flat();

describe('comparePaired', () => {
  it('finds no difference between a run and itself', () => {
    const run = clips(repeat([0, 1, 2], 50));
    expect(comparePaired(run, run)).toEqual({ difference: 0, low: 0, high: 0, pValue: 1 });
  });

  it('finds a small difference that is the same on every clip', () => {
    const { difference, pValue } = comparePaired(clips(repeat([1, 2], 50)), clips(repeat([0, 1], 50)));
    expect(difference).toBeCloseTo(-0.1);
    expect(pValue).toBeGreaterThan(0);
    expect(pValue).toBeLessThan(0.001);
  });

  it('does not take a difference for real that comes and goes with the clips', () => {
    const first = clips(repeat([2, 0, 3, 0, 0], 20));
    const second = clips(repeat([0, 2, 0, 0, 3.1], 20));
    const { difference, low, high, pValue } = comparePaired(first, second);
    expect(difference).toBeGreaterThan(0);
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(0);
    expect(pValue).toBeGreaterThan(0.5);
  });

  it('has an interval as wide as theory says', () => {
    // 400 differences of -1 and +1, equally often: standard error 1 / sqrt(400) errors per clip of 10 words.
    const { low, high } = comparePaired(clips(repeat([1, 1], 200)), clips(repeat([0, 2], 200)));
    expect(high).toBeCloseTo(1.96 * 0.005, 3);
    expect(low).toBeCloseTo(-1.96 * 0.005, 3);
  });

  it('gives the same numbers for the same seed', () => {
    const [first, second] = [clips([0, 1, 2, 0, 4]), clips([1, 1, 0, 0, 3])];
    expect(comparePaired(first, second, { seed: 7 })).toEqual(comparePaired(first, second, { seed: 7 }));
    expect(comparePaired(first, second, { seed: 7 })).not.toEqual(comparePaired(first, second, { seed: 8 }));
  });

  it('refuses runs over different clips', () => {
    expect(() => comparePaired(clips([1]), clips([1, 2]))).toThrow('same clips');
    expect(() => comparePaired(clips([1]), [{ errors: 1, referenceWords: 9 }])).toThrow(
      'not the same in both',
    );
  });
});
