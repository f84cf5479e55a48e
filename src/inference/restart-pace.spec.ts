import { describe, expect, it } from 'vitest';
import { RestartPace } from './restart-pace.js';

describe('RestartPace', () => {
  it('lets a process be replaced at once, and pauses longer and longer when it ends early again and again', () => {
    const pace = new RestartPace();
    expect(Array.from({ length: 10 }, () => pace.nextPauseMs(500))).toEqual([
      0, 0, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000,
    ]);
  });

  it('begins anew after a process that lived longer', () => {
    const pace = new RestartPace();
    for (let times = 0; times < 6; times++) pace.nextPauseMs(0);
    expect(pace.nextPauseMs(10_000)).toBe(0);
    expect(pace.nextPauseMs(0)).toBe(0);
  });
});
