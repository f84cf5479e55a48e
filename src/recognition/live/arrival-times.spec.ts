import { describe, expect, it } from 'vitest';
import { ArrivalTimes } from './arrival-times.js';

describe('ArrivalTimes', () => {
  it('tells when the block came that a sample is in', () => {
    const arrivals = new ArrivalTimes();
    for (let block = 1; block <= 10; block++) arrivals.note(block * 1_600, block * 100);
    expect(arrivals.of(1)).toBe(100);
    expect(arrivals.of(1_600)).toBe(100);
    expect(arrivals.of(1_601)).toBe(200);
    expect(arrivals.of(16_000)).toBe(1_000);
  });

  it('is late by at most 20 ms of audio where blocks are tiny', () => {
    const arrivals = new ArrivalTimes();
    for (let sample = 16; sample <= 16_000; sample += 16) arrivals.note(sample, sample / 16);
    for (let sample = 16; sample <= 16_000; sample += 176) {
      expect(arrivals.of(sample)! - sample / 16).toBeGreaterThanOrEqual(0);
      expect(arrivals.of(sample)! - sample / 16).toBeLessThanOrEqual(21);
    }
  });

  it('gives the oldest time it knows for what came before that, and none where nothing came', () => {
    const arrivals = new ArrivalTimes();
    expect(arrivals.of(1)).toBeUndefined();
    for (let block = 1; block <= 1_000; block++) arrivals.note(block * 320, block * 20);
    expect(arrivals.of(1)).toBe((1_000 - 255) * 20);
    expect(arrivals.of(320_000)).toBe(20_000);
  });
});
