import { describe, expect, it } from 'vitest';
import { DetectionLag } from './detection-lag.js';

describe('DetectionLag', () => {
  it('counts from the oldest sample that has no answer', () => {
    const lag = new DetectionLag();
    expect(lag.oldestSince).toBe(Infinity);
    lag.audioCame(100);
    lag.audioCame(120);
    expect(lag.oldestSince).toBe(100);
    lag.blockTaken(130, false);
    expect([lag.oldestSince, lag.isRunning]).toEqual([100, true]);
    lag.audioCame(140);
    lag.blockAnswered();
    expect([lag.oldestSince, lag.isRunning]).toEqual([140, false]);
  });

  it('takes samples that a block left behind for as old as the block', () => {
    const lag = new DetectionLag();
    lag.audioCame(100);
    lag.blockTaken(130, true);
    lag.audioCame(140);
    lag.blockAnswered();
    expect(lag.oldestSince).toBe(130);
  });

  it('ends with the input, whatever has no answer', () => {
    const lag = new DetectionLag();
    lag.audioCame(100);
    lag.blockTaken(130, true);
    lag.inputEnded();
    expect([lag.oldestSince, lag.isRunning]).toEqual([Infinity, false]);
  });
});
