import { setMaxListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ShutdownState } from './shutdown-state.js';

describe('ShutdownState', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('turns at once, and ends what is under way after the grace', () => {
    const state = new ShutdownState(20_000);
    expect(state.shuttingDown).toBe(false);
    state.begin();
    expect(state.shuttingDown).toBe(true);
    expect(state.beginning.aborted).toBe(true);
    vi.advanceTimersByTime(19_999);
    expect(state.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(state.signal.reason).toMatchObject({ code: 'SHUTTING_DOWN' });
  });

  it.each([
    [20_000, 15_000],
    [4_000, 2_000],
  ])('ends live input of a grace of %i ms after %i ms, so that it is still decoded', (graceMs, inputMs) => {
    const state = new ShutdownState(graceMs);
    state.begin();
    vi.advanceTimersByTime(inputMs - 1);
    expect(state.inputEnding.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(state.inputEnding.aborted).toBe(true);
    expect(state.signal.aborted).toBe(false);
  });

  it('ends nothing once the application is closed', () => {
    const state = new ShutdownState(10_000);
    state.begin();
    state.onApplicationShutdown();
    vi.advanceTimersByTime(60_000);
    expect(state.signal.aborted).toBe(false);
  });

  it('can be listened to by any number of streams', async () => {
    vi.useRealTimers();
    const warnings: Error[] = [];
    const onWarning = (warning: Error): number => warnings.push(warning);
    process.on('warning', onWarning);
    const { beginning, inputEnding, signal } = new ShutdownState(10_000);
    // Warnings come in their order: when that of this target is there, all before it are.
    const limited = new EventTarget();
    setMaxListeners(1, limited);
    for (const target of [beginning, inputEnding, signal, limited]) {
      for (let count = 0; count < 50; count++) target.addEventListener('abort', () => undefined);
    }
    await expect.poll(() => warnings).not.toEqual([]);
    process.off('warning', onWarning);
    expect(warnings).toMatchObject([{ target: limited }]);
  });
});
