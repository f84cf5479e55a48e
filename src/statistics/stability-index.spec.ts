import { describe, expect, it } from 'vitest';
import { seededRandom } from './random.js';
import { stabilityIndex } from './stability-index.js';

/** Counts of uniform values in as many buckets. */
function uniformCounts(size: number, buckets: number, random: () => number): number[] {
  const counts = new Array<number>(buckets).fill(0);
  for (let i = 0; i < size; i++) counts[Math.floor(random() * buckets)]!++;
  return counts;
}

describe('stabilityIndex', () => {
  it('is 0 for equal shares', () => {
    const { index, pValue } = stabilityIndex([10, 20, 30], [100, 200, 300]);
    expect(index).toBeLessThan(1e-3);
    expect(pValue).toBeGreaterThan(0.99);
  });

  it('is the sum of (p - q) ln(p / q)', () => {
    const { index } = stabilityIndex([3_000_000, 7_000_000], [5_000_000, 5_000_000]);
    expect(index).toBeCloseTo(0.2 * Math.log(7 / 3), 5);
  });

  it('gives 5 % of unchanged windows a p-value below 5 %, though 3 % of them exceed 0.1', () => {
    const random = seededRandom(7);
    const pValues: number[] = [];
    let above = 0;
    for (let round = 0; round < 4_000; round++) {
      const { index, pValue } = stabilityIndex(
        uniformCounts(200, 10, random),
        uniformCounts(2_000, 10, random),
      );
      pValues.push(pValue);
      if (index > 0.1) above++;
    }
    const share = pValues.filter((pValue) => pValue < 0.05).length / pValues.length;
    expect(share).toBeGreaterThan(0.03);
    expect(share).toBeLessThan(0.07);
    expect(above / 4_000).toBeGreaterThan(0.015);
  });

  it('finds a shift of one standard deviation', () => {
    const shifted = [5, 8, 12, 14, 18, 22, 28, 31, 32, 30];
    expect(stabilityIndex(shifted, new Array<number>(10).fill(200)).pValue).toBeLessThan(1e-4);
  });

  it('is less certain about fewer independent observations', () => {
    const window = [40, 10, 20, 30];
    const reference = [500, 500, 500, 500];
    expect(stabilityIndex(window, reference, 25).pValue).toBeGreaterThan(
      stabilityIndex(window, reference).pValue,
    );
  });

  it('decides nothing about an empty window', () => {
    expect(stabilityIndex([0, 0], [5, 5]).pValue).toBe(1);
  });
});
