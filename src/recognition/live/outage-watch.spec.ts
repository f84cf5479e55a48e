import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SpeechError } from '../../common/errors/speech-error.js';
import { watchOutage } from './outage-watch.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('The watch for an outage', () => {
  const watch = (lasts: { ms: number }, waits: () => boolean) => {
    const errors: SpeechError[] = [];
    const outage = { lastsMs: () => lasts.ms, longestMs: 10_000 };
    const unwatch = watchOutage(outage, waits, (error) => errors.push(error));
    return { errors, unwatch };
  };

  it('reports once when a stream waits and no process has been ready for too long', () => {
    const lasts = { ms: 0 };
    const { errors } = watch(lasts, () => true);
    vi.advanceTimersByTime(60_000);
    lasts.ms = 9_999;
    vi.advanceTimersByTime(1_000);
    expect(errors).toEqual([]);
    lasts.ms = 10_000;
    vi.advanceTimersByTime(5_000);
    expect(errors.map(({ code }) => code)).toEqual(['MODEL_NOT_READY']);
  });

  it('lets a stream be that waits for nothing', () => {
    let waits = false;
    const { errors } = watch({ ms: 60_000 }, () => waits);
    vi.advanceTimersByTime(60_000);
    expect(errors).toEqual([]);
    waits = true;
    vi.advanceTimersByTime(1_000);
    expect(errors).toHaveLength(1);
  });

  it('ends with its stream', () => {
    const { errors, unwatch } = watch({ ms: 60_000 }, () => true);
    unwatch();
    vi.advanceTimersByTime(60_000);
    expect(errors).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
