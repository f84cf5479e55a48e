import { ReturnTimes } from '../../common/return-times.js';
import type { ReturnTimesOptions } from '../../common/return-times.js';

/** The places of one key. */
interface Held {
  places: number;
  /** The sum of the times at which they were taken, for the mean of their ages. */
  takenSumMs: number;
}

/** How many places of one kind each key holds. */
export class KeyPlaces {
  private readonly held = new Map<string, Held>();
  /** By key; there are no more than configured keys. */
  private readonly returns = new Map<string, ReturnTimes>();
  private onEmpty: (() => void) | undefined;

  constructor(private readonly returnTimes: ReturnTimesOptions) {}

  /** Places of all keys together. */
  get used(): number {
    let used = 0;
    for (const { places } of this.held.values()) used += places;
    return used;
  }

  heldBy(keyName: string): number {
    return this.held.get(keyName)?.places ?? 0;
  }

  /** Takes places without a limit. @returns gives them back; idempotent */
  take(keyName: string, count = 1): () => void {
    const held = this.held.get(keyName) ?? { places: 0, takenSumMs: 0 };
    const takenMs = performance.now();
    held.places += count;
    held.takenSumMs += count * takenMs;
    this.held.set(keyName, held);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      held.places -= count;
      held.takenSumMs -= count * takenMs;
      this.returnsOf(keyName).released(performance.now() - takenMs);
      if (held.places === 0) this.held.delete(keyName);
      if (this.held.size === 0) this.onEmpty?.();
    };
  }

  /** The wait of the next refused client of a key. */
  retryAfterMs(keyName: string): number {
    const now = performance.now();
    const { places, takenSumMs } = this.held.get(keyName) ?? { places: 1, takenSumMs: now };
    return this.returnsOf(keyName).next(places, now - takenSumMs / places, now);
  }

  /** Resolves when no place is held. To be called once, when nobody takes further places. */
  async emptied(): Promise<void> {
    if (this.held.size > 0) await new Promise<void>((resolve) => (this.onEmpty = resolve));
  }

  private returnsOf(keyName: string): ReturnTimes {
    const known = this.returns.get(keyName) ?? new ReturnTimes(this.returnTimes);
    this.returns.set(keyName, known);
    return known;
  }
}
