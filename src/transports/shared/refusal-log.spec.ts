import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isCounted, RefusalLog } from './refusal-log.js';

describe('RefusalLog', () => {
  let lines: unknown[];
  beforeEach(() => {
    vi.useFakeTimers();
    lines = [];
    vi.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => void lines.push(line));
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it('writes one line for each code in ten seconds, however many are refused', () => {
    const log = new RefusalLog();
    for (let count = 0; count < 1_000; count++) log.add('QUEUE_FULL', count % 2 === 0 ? 'a' : 'b');
    log.add('NO_CAPACITY');
    vi.advanceTimersByTime(9_999);
    expect(lines).toEqual([]);
    vi.advanceTimersByTime(1);
    const msg = 'refused for want of capacity';
    expect(lines).toEqual([
      { msg, code: 'QUEUE_FULL', refused: 1_000, keys: { a: 500, b: 500 } },
      { msg, code: 'NO_CAPACITY', refused: 1 },
    ]);
    vi.advanceTimersByTime(60_000);
    expect(lines).toHaveLength(2);
  });

  it('writes what is left when the service ends', () => {
    const log = new RefusalLog();
    log.add('QUEUE_FULL');
    log.onApplicationShutdown();
    expect(lines).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('counts what is refused for want of capacity, and nothing that is the fault of a client', () => {
    expect(
      ['QUEUE_FULL', 'NO_CAPACITY', 'MEMORY_FULL'].every((code) => isCounted(code as 'QUEUE_FULL')),
    ).toBe(true);
    expect(isCounted('AUDIO_CORRUPT')).toBe(false);
    expect(isCounted(undefined)).toBe(false);
  });
});
