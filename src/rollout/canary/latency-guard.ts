import { CountTest } from '../../statistics/count-test.js';
import { ClientMemory } from './client-memory.js';

/** Latencies of the primary that fix the bound. */
const learnedLatencies = 100;

/**
 * Whether clients of the candidate wait longer: counts the clients that once waited longer than the primary's 95th
 * percentile and an allowance. The percentile is fixed at the start, of the primary's first latencies.
 */
export class LatencyGuard {
  private readonly learned: number[] = [];
  private readonly learnedFrom = new ClientMemory();
  private readonly slow = new ClientMemory();
  private readonly test: CountTest;
  private bound: number | undefined;

  /** @param allowanceMs added to the percentile: a candidate may be slower by this */
  constructor(
    share: number,
    private readonly allowanceMs: number,
  ) {
    this.test = new CountTest(share);
  }

  /** The latency above which a client counts; undefined while it is learned. */
  get boundMs(): number | undefined {
    return this.bound;
  }

  get events(): CountTest['events'] {
    return this.test.events;
  }

  get logWealth(): number {
    return this.test.logWealth;
  }

  add(isCandidate: boolean, client: string, latencyMs: number): void {
    if (this.bound === undefined) {
      if (isCandidate || !this.learnedFrom.addIfNew(client)) return;
      this.learned.push(latencyMs);
      if (this.learned.length < learnedLatencies) return;
      this.learned.sort((a, b) => a - b);
      this.bound = this.learned[Math.floor(0.95 * learnedLatencies)]! + this.allowanceMs;
      return;
    }
    if (latencyMs > this.bound && this.slow.addIfNew(client)) this.test.add(isCandidate);
  }

  finds(alpha: number): boolean {
    return this.test.finds(alpha);
  }
}
