import { describe, expect, it } from 'vitest';
import { ReturnTimes } from './return-times.js';

const options = { firstGuessMs: 1_000, minMs: 500, maxMs: 30_000 };

describe('those who are refused', () => {
  it('come back one after the other, as places become free', () => {
    const times = new ReturnTimes(options);
    expect([0, 0, 0].map((now) => times.next(1, 0, now))).toEqual([1_300, 2_600, 3_900]);
    // Half a second later three are still expected.
    expect(times.next(1, 0, 500)).toBe(4_700);
  });

  it('come back sooner the more places there are, but not at once', () => {
    const times = new ReturnTimes(options);
    expect([1, 2, 3].map(() => times.next(10, 0, 0))).toEqual([500, 630, 760]);
  });

  it('wait as long as places have been held, and as those that are held now', () => {
    const times = new ReturnTimes(options);
    times.released(5_000);
    expect(times.next(1, 0, 0)).toBe(6_500);
    const begun = new ReturnTimes(options);
    expect(begun.next(1, 4_000, 0)).toBe(10_400);
  });

  it('follow the mean of what has been', () => {
    const times = new ReturnTimes(options);
    for (let n = 0; n < 40; n++) times.released(n < 10 ? 9_000 : 2_000);
    expect(times.next(1, 0, 0)).toBeGreaterThan(2_599);
    expect(times.next(1, 0, 100_000)).toBeLessThan(2_650);
  });

  it('are never sent away for longer than a client would wait, however many they are', () => {
    const times = new ReturnTimes(options);
    for (let n = 0; n < 1_000; n++) expect(times.next(1, 0, 0)).toBeLessThanOrEqual(30_000);
    // A minute later nobody waits any more.
    expect(times.next(1, 0, 60_000)).toBe(1_300);
  });

  it.each([
    [1_000, 1],
    [5_000, 1],
    [2_000, 3],
  ])('are all served in the end: jobs of %i ms on %i places', (jobMs, places) => {
    const { refusals, servedMs } = served({ clients: 6, jobMs, places });
    expect(servedMs).toBeLessThan(6 * jobMs * 4);
    // A client of OpenAI's or Deepgram's gives up after two.
    const gaveUp = refusals.filter((count) => count > 2).length;
    expect(gaveUp).toBe(0);
  });
});

/** Clients that all come at once and come back when they are told to, until each was served. */
function served(of: { clients: number; jobMs: number; places: number }): {
  refusals: number[];
  servedMs: number;
} {
  const times = new ReturnTimes({ ...options, firstGuessMs: 2_000 });
  const refusals = Array<number>(of.clients).fill(0);
  const arrivals = refusals.map((_, client) => ({ at: client, client }));
  let ends: { at: number; since: number }[] = [];
  let servedMs = 0;
  for (let arrival = arrivals.shift(); arrival !== undefined; arrival = arrivals.shift()) {
    const { at: now, client } = arrival;
    for (const { at, since } of ends) if (at <= now) times.released(at - since);
    ends = ends.filter(({ at }) => at > now);
    if (ends.length < of.places) {
      ends.push({ at: now + of.jobMs, since: now });
      servedMs = Math.max(servedMs, now + of.jobMs);
      continue;
    }
    refusals[client]!++;
    const meanAgeMs = ends.reduce((sum, { since }) => sum + now - since, 0) / ends.length;
    arrivals.push({ at: now + times.next(of.places, meanAgeMs, now), client });
    arrivals.sort((a, b) => a.at - b.at);
  }
  return { refusals, servedMs };
}
