import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { EventLoopDelay } from './event-loop-delay.js';

describe('EventLoopDelay', () => {
  it('tells how late the loop was since the last reading, and forgets it then', async () => {
    const delay = new EventLoopDelay();
    delay.start();
    await sleep(30);
    const until = performance.now() + 200;
    while (performance.now() < until);
    await sleep(30);
    const { median, p99, max } = delay.read();
    expect(max).toBeGreaterThan(0.15);
    expect(p99).toBeLessThanOrEqual(max);
    expect(median).toBeLessThanOrEqual(p99);
    delay.stop();
    expect(delay.read()).toEqual({ median: 0, p99: 0, max: 0 });
  });
});
