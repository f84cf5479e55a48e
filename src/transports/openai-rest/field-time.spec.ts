import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FieldTime } from './field-time.js';

let time: FieldTime;
let isOver: boolean;

beforeEach(() => {
  vi.useFakeTimers();
  isOver = false;
  time = new FieldTime();
  time.over.catch(() => (isOver = true));
});
afterEach(() => {
  vi.useRealTimers();
});

describe('FieldTime', () => {
  it('is over after half a minute, and fails then', async () => {
    await vi.advanceTimersByTimeAsync(29_500);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1_000);
    await expect(time.over).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
  });

  it('does not count the time of the file', async () => {
    await vi.advanceTimersByTimeAsync(20_000);
    const file = time.without(new Promise((resolve) => setTimeout(resolve, 60_000)));
    await vi.advanceTimersByTimeAsync(60_000);
    await file;
    await vi.advanceTimersByTimeAsync(9_500);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(isOver).toBe(true);
  });

  it('does not fail once it is ended', async () => {
    time.end();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(isOver).toBe(false);
  });
});
