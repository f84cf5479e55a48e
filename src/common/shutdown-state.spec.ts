import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ShutdownState } from './shutdown-state.js';

describe('ShutdownState', () => {
  it('turns at once, and ends what is under way after the grace', async () => {
    const state = new ShutdownState(20);
    expect(state.shuttingDown).toBe(false);
    state.begin();
    expect(state.shuttingDown).toBe(true);
    expect(state.signal.aborted).toBe(false);
    await sleep(40);
    expect(state.signal.reason).toMatchObject({ code: 'SHUTTING_DOWN' });
  });

  it('ends nothing once the application is closed', async () => {
    const state = new ShutdownState(10);
    state.begin();
    state.onApplicationShutdown();
    await sleep(30);
    expect(state.signal.aborted).toBe(false);
  });

  it('can be listened to by any number of streams', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): number => warnings.push(warning);
    process.on('warning', onWarning);
    const { beginning, signal } = new ShutdownState(10);
    for (let count = 0; count < 50; count++) {
      for (const either of [beginning, signal]) either.addEventListener('abort', () => undefined);
    }
    await sleep(10);
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });
});
