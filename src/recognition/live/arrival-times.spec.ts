import { describe, expect, it } from 'vitest';
import { ArrivalTimes } from './arrival-times.js';

describe('ArrivalTimes', () => {
  it('gives the time at which the block of a sample came', () => {
    const arrivals = new ArrivalTimes();
    for (let block = 1; block <= 10; block++) arrivals.record(block * 1_600, block * 100);
    expect(arrivals.arrivalOf(1)).toBe(100);
    expect(arrivals.arrivalOf(1_600)).toBe(100);
    expect(arrivals.arrivalOf(1_601)).toBe(200);
    expect(arrivals.arrivalOf(16_000)).toBe(1_000);
  });

  it('is late by at most 20 ms of audio where blocks are tiny', () => {
    const arrivals = new ArrivalTimes();
    for (let sample = 16; sample <= 16_000; sample += 16) arrivals.record(sample, sample / 16);
    for (let sample = 16; sample <= 16_000; sample += 176) {
      expect(arrivals.arrivalOf(sample)! - sample / 16).toBeGreaterThanOrEqual(0);
      expect(arrivals.arrivalOf(sample)! - sample / 16).toBeLessThanOrEqual(21);
    }
  });

  it('gives the oldest time that it has for samples of longer ago, and none where nothing came', () => {
    const arrivals = new ArrivalTimes();
    expect(arrivals.arrivalOf(1)).toBeUndefined();
    for (let block = 1; block <= 1_000; block++) arrivals.record(block * 320, block * 20);
    expect(arrivals.arrivalOf(1)).toBe((1_000 - 255) * 20);
    expect(arrivals.arrivalOf(320_000)).toBe(20_000);
  });
});
