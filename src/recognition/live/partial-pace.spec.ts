import { describe, expect, it } from 'vitest';
import { PartialPace } from './partial-pace.js';

describe('PartialPace', () => {
  it('slows partials down while they wait for a worker, and speeds them up again afterwards', () => {
    const pace = new PartialPace({ intervalMs: 500, maxIntervalMs: 2_000 });
    for (let i = 0; i < 3; i++) pace.waited(400);
    const rare = pace.intervalMs;
    expect(rare).toBeGreaterThan(900);
    for (let i = 0; i < 100; i++) pace.waited(5);
    expect(pace.intervalMs).toBe(500);
  });

  it('never goes beyond its bounds', () => {
    const pace = new PartialPace({ intervalMs: 500, maxIntervalMs: 1_000 });
    for (let i = 0; i < 100; i++) pace.waited(10_000);
    expect(pace.intervalMs).toBe(1_000);
  });

  it('keeps partials regular where both bounds are the same', () => {
    const pace = new PartialPace({ intervalMs: 500, maxIntervalMs: 500 });
    pace.waited(10_000);
    expect(pace.intervalMs).toBe(500);
  });
});
