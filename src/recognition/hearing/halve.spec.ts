import { describe, expect, it } from 'vitest';
import { halvePiece } from './halve.js';

const loud = (seconds: number): Float32Array => new Float32Array(seconds * 16_000).fill(0.5);

describe('A piece that is halved', () => {
  it('is cut in the middle of its quietest moment', () => {
    const samples = loud(8).fill(0, 5 * 16_000, 5.2 * 16_000);
    const [first, second] = halvePiece(samples);
    expect(first.length / 16_000).toBeGreaterThan(5);
    expect(first.length / 16_000).toBeLessThan(5.2);
    expect(first.length + second.length).toBe(samples.length);
  });

  it('is not cut near its ends, however quiet they are', () => {
    const samples = loud(8)
      .fill(0, 0, 16_000)
      .fill(0, 7 * 16_000);
    const [first] = halvePiece(samples);
    expect(first.length).toBeGreaterThanOrEqual(2 * 16_000);
    expect(first.length).toBeLessThanOrEqual(6 * 16_000);
  });

  it('is cut in its middle where it is too short for a search', () => {
    const [first, second] = halvePiece(new Float32Array(1_000).fill(0.5));
    expect([first.length, second.length]).toEqual([500, 500]);
  });
});
