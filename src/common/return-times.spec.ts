import { describe, expect, it } from 'vitest';
import { ReturnTimes } from './return-times.js';

const options = { firstGuessMs: 1_000, minMs: 500, maxMs: 30_000 };

describe('ReturnTimes', () => {
  it('lets clients return one after another, as places become free', () => {
    const times = new ReturnTimes(options);
    expect([0, 0, 0].map((now) => times.next(1, 0, now))).toEqual([1_300, 2_600, 3_900]);
    // Half a second later the service still expects three.
    expect(times.next(1, 0, 500)).toBe(4_700);
  });

  it('lets clients return sooner when there are more places, but not at once', () => {
    const times = new ReturnTimes(options);
    expect([1, 2, 3].map(() => times.next(10, 0, 0))).toEqual([500, 630, 760]);
  });

  it('waits as long as places were held, or as long as the present ones are expected to be', () => {
    const times = new ReturnTimes(options);
    times.released(5_000);
    expect(times.next(1, 0, 0)).toBe(6_500);
    const begun = new ReturnTimes(options);
    expect(begun.next(1, 4_000, 0)).toBe(10_400);
  });

  it('follows the mean time that places were held', () => {
    const times = new ReturnTimes(options);
    for (let n = 0; n < 40; n++) times.released(n < 10 ? 9_000 : 2_000);
    expect(times.next(1, 0, 0)).toBeGreaterThan(2_599);
    expect(times.next(1, 0, 100_000)).toBeLessThan(2_650);
  });

  it('never exceeds the time that a client waits, however many clients there are', () => {
    const times = new ReturnTimes(options);
    for (let n = 0; n < 1_000; n++) expect(times.next(1, 0, 0)).toBeLessThanOrEqual(30_000);
    // A minute later the service expects nobody.
    expect(times.next(1, 0, 60_000)).toBe(1_300);
  });

  it.each([
    [1_000, 1],
    [5_000, 1],
    [2_000, 3],
  ])('has every client served after jobs of %i ms on %i places', (jobMs, places) => {
    const { refusals, servedMs } = simulate({ clients: 6, jobMs, places });
    expect(servedMs).toBeLessThan(6 * jobMs * 4);
    // The clients of OpenAI and Deepgram give up after two refusals.
    const gaveUp = refusals.filter((count) => count > 2).length;
    expect(gaveUp).toBe(0);
  });
});

interface Simulation {
  readonly clients: number;
  readonly jobMs: number;
  readonly places: number;
}

/** Simulates clients that all arrive together and return at the time of their refusal, until each is served. */
function simulate({ clients, jobMs, places }: Simulation): { refusals: number[]; servedMs: number } {
  const times = new ReturnTimes({ ...options, firstGuessMs: 2_000 });
  const refusals = Array<number>(clients).fill(0);
  const arrivals = refusals.map((_, client) => ({ at: client, client }));
  let ends: { at: number; since: number }[] = [];
  let servedMs = 0;
  for (let arrival = arrivals.shift(); arrival !== undefined; arrival = arrivals.shift()) {
    const { at: now, client } = arrival;
    for (const { at, since } of ends) if (at <= now) times.released(at - since);
    ends = ends.filter(({ at }) => at > now);
    if (ends.length < places) {
      ends.push({ at: now + jobMs, since: now });
      servedMs = Math.max(servedMs, now + jobMs);
      continue;
    }
    refusals[client]!++;
    const meanAgeMs = ends.reduce((sum, { since }) => sum + now - since, 0) / ends.length;
    arrivals.push({ at: now + times.next(places, meanAgeMs, now), client });
    arrivals.sort((a, b) => a.at - b.at);
  }
  return { refusals, servedMs };
}
