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

  it('changes at once and ends requests under way after the grace period', () => {
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
  ])(
    'for a grace period of %i ms, ends live input after %i ms, so that it is still decoded',
    (graceMs, inputMs) => {
      const state = new ShutdownState(graceMs);
      state.begin();
      vi.advanceTimersByTime(inputMs - 1);
      expect(state.inputEnding.aborted).toBe(false);
      vi.advanceTimersByTime(1);
      expect(state.inputEnding.aborted).toBe(true);
      expect(state.signal.aborted).toBe(false);
    },
  );

  it('ends no requests once the application is closed', () => {
    const state = new ShutdownState(10_000);
    state.begin();
    state.onApplicationShutdown();
    vi.advanceTimersByTime(60_000);
    expect(state.signal.aborted).toBe(false);
  });

  it('accepts any number of listeners', async () => {
    vi.useRealTimers();
    const warnings: Error[] = [];
    const onWarning = (warning: Error): number => warnings.push(warning);
    process.on('warning', onWarning);
    const { beginning, inputEnding, signal } = new ShutdownState(10_000);
    // Warnings arrive in order: once the one of this target has arrived, so have all before it.
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
