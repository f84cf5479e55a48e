import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startRunningTimeout } from './running-timeout.js';

describe('startRunningTimeout', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('calls back once after the time', async () => {
    const callback = vi.fn();
    startRunningTimeout(2_500, callback);
    await vi.advanceTimersByTimeAsync(2_499);
    expect(callback).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(callback).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leaves no timer when it is cancelled', () => {
    const cancel = startRunningTimeout(2_500, () => undefined);
    cancel();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not count the time for which the process stood still', async () => {
    vi.useRealTimers();
    let isDue = false;
    const cancel = startRunningTimeout(2_000, () => (isDue = true));
    // Blocks the event loop, as SIGSTOP does.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_300);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(isDue).toBe(false);
    cancel();
  });

  it('reads what has arrived before it calls back', async () => {
    vi.useRealTimers();
    const order: string[] = [];
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', () => order.push('message'));
    port1.start();
    await new Promise<void>((resolve) => {
      startRunningTimeout(20, () => {
        order.push('timeout');
        resolve();
      });
      port2.postMessage('early');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
    });
    expect(order).toEqual(['message', 'timeout']);
    port1.close();
  });
});
