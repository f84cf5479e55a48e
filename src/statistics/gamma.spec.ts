import { describe, expect, it } from 'vitest';
import { chiSquareTail, logBeta, logGamma } from './gamma.js';

describe('logGamma', () => {
  it.each([
    [0.1, 2.252712651734206],
    [1, 0],
    [5.5, 3.9578139676187165],
    [123.4, 469.3360974421906],
  ])('of %d is %d', (x, value) => {
    expect(logGamma(x)).toBeCloseTo(value, 10);
  });

  it('makes the beta function', () => {
    expect(Math.exp(logBeta(2, 3))).toBeCloseTo(1 / 12, 12);
  });
});

describe('chiSquareTail', () => {
  // The values are those of scipy.stats.chi2.sf.
  it.each([
    [3.2, 1, 0.07363827012030258],
    [9.5, 9, 0.39245576033480606],
    [45, 9, 9.226628710549154e-7],
    [0.3, 4, 0.9898141728888165],
  ])('above %d with %d degrees of freedom is %d', (value, degrees, tail) => {
    expect(Math.abs(chiSquareTail(value, degrees) / tail - 1)).toBeLessThan(1e-9);
  });

  it('is 1 at and below 0', () => {
    expect(chiSquareTail(0, 3)).toBe(1);
    expect(chiSquareTail(-1, 3)).toBe(1);
  });
});
