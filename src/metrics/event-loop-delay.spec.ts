import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { EventLoopDelay } from './event-loop-delay.js';

describe('EventLoopDelay', () => {
  it('measures the delay since the last reading', async () => {
    const delay = new EventLoopDelay();
    delay.start();
    /** A delay is measured between two turns of the monitor's timer: on a busy machine they may take several tries. */
    const delayOfBlockedLoop = async (): Promise<number> => {
      await sleep(30);
      const blockedUntil = performance.now() + 200;
      while (performance.now() < blockedUntil);
      await sleep(30);
      return delay.read().max;
    };
    await expect.poll(delayOfBlockedLoop, { timeout: 60_000 }).toBeGreaterThan(0.15);
    delay.stop();
    delay.read();
    expect(delay.read()).toEqual({ median: 0, p99: 0, max: 0 });
  });
});
