import { CountTest } from '../../statistics/count-test.js';
import { MeanTest } from '../../statistics/mean-test.js';
import { countGuards, meanGuards } from './canary-guards.js';
import type { CountGuard, GuardedUtterance, MeanGuard } from './canary-guards.js';
import { ClientMemory } from './client-memory.js';
import { LatencyGuard } from './latency-guard.js';

export interface CanaryOptions {
  /** Share of the clients that the candidate serves, 0 to 1, both excluded. */
  readonly share: number;
  /** Probability that a candidate as good as the primary is ever sent back, over all guards together. */
  readonly alpha?: number;
  /** By how much the candidate may be slower. */
  readonly latencyAllowanceMs?: number;
}

export interface HeardOfClient {
  readonly isCandidate: boolean;
  /** Identifies the client: its assignment to a group must not depend on what it says. */
  readonly client: string;
  readonly utterance: GuardedUtterance;
}

/** Of one guard, for operators. */
export interface GuardReport {
  readonly guard: string;
  /** How near it is to sending the candidate back: 1 does. */
  readonly level: number;
  readonly detail: Readonly<Record<string, number | undefined>>;
}

export interface CanaryReport {
  readonly isReturned: boolean;
  /** A sentence; only of a candidate that was sent back. */
  readonly reason?: string;
  /** Clients that were heard. */
  readonly clients: { readonly candidate: number; readonly primary: number };
  readonly guards: readonly GuardReport[];
  /** The candidate is at most a stated margin worse, for certain: it may take the place of the primary. */
  readonly isNotInferior: boolean;
}

/** Probability that a candidate that is worse than the margin is ever called not inferior. */
const promotionAlpha = 0.05;

/** How much worse a candidate may be that takes the place of the primary. */
const margins = { logProb: 0.1, emptyShare: 0.02 } as const;

const names = { failures: 'failed', latency: 'latency' } as const;

export const guardNames: readonly string[] = [...countGuards, ...meanGuards]
  .map(({ name }) => name)
  .concat(Object.values(names));

/**
 * Compares a candidate with the primary that serves other clients at the same time, and decides when it has to go back.
 * All tests are valid however often one looks (see CountTest and MeanTest); the guards share the probability of a false return
 * evenly. Utterances of one client resemble each other, so that each client counts once in each test: as the groups are drawn
 * by client, without regard to what they say, a bad client falls to the candidate with the probability of its share.
 */
export class CanaryTrial {
  private readonly counts: readonly { guard: CountGuard; test: CountTest; clients: ClientMemory }[];
  private readonly means: readonly { guard: MeanGuard; test: MeanTest }[];
  private readonly failures: { test: CountTest; clients: ClientMemory };
  private readonly latency: LatencyGuard;
  private readonly emptiness = new MeanTest({ effect: 0.03, low: 0, high: 1, leastCount: 100 });
  private readonly heard = { candidate: new ClientMemory(), primary: new ClientMemory() };
  private readonly alphaOfGuard: number;
  private returnedFor: string | undefined;

  constructor({ share, alpha = 1e-3, latencyAllowanceMs = 200 }: CanaryOptions) {
    this.counts = countGuards.map((guard) => ({
      guard,
      test: new CountTest(share),
      clients: new ClientMemory(),
    }));
    this.means = meanGuards.map((guard) => ({ guard, test: new MeanTest(guard) }));
    this.failures = { test: new CountTest(share), clients: new ClientMemory() };
    this.latency = new LatencyGuard(share, latencyAllowanceMs);
    this.alphaOfGuard = alpha / guardNames.length;
  }

  get isReturned(): boolean {
    return this.returnedFor !== undefined;
  }

  /** A sentence without personal data. */
  get reason(): string | undefined {
    return this.returnedFor;
  }

  /** Nothing is counted once the candidate has gone back. */
  hear({ isCandidate, client, utterance }: HeardOfClient): void {
    if (this.isReturned) return;
    for (const { guard, test, clients } of this.counts) {
      if (guard.isBad(utterance) && clients.addIfNew(client)) test.add(isCandidate);
    }
    this.latency.add(isCandidate, client, utterance.output.latencyMs);
    if (this.heard[isCandidate ? 'candidate' : 'primary'].addIfNew(client)) {
      this.emptiness.add(isCandidate, utterance.output.isEmpty ? 1 : 0);
      for (const { guard, test } of this.means) {
        const value = guard.valueOf(utterance);
        if (value !== undefined) test.add(isCandidate, value);
      }
    }
    this.decide();
  }

  /** A request that the service accepted and failed. */
  failed(isCandidate: boolean, client: string): void {
    if (this.isReturned || !this.failures.clients.addIfNew(client)) return;
    this.failures.test.add(isCandidate);
    this.decide();
  }

  report(): CanaryReport {
    const bound = -Math.log(this.alphaOfGuard);
    const counted = (guard: string, { logWealth, events }: Pick<CountTest, 'logWealth' | 'events'>) => ({
      guard,
      level: Math.max(0, logWealth / bound),
      detail: { candidate: events.first, primary: events.second },
    });
    return {
      isReturned: this.isReturned,
      ...(this.returnedFor === undefined ? {} : { reason: this.returnedFor }),
      clients: { candidate: this.heard.candidate.size, primary: this.heard.primary.size },
      guards: [
        ...this.counts.map(({ guard, test }) => counted(guard.name, test)),
        counted(names.failures, this.failures.test),
        {
          ...counted(names.latency, this.latency),
          detail: {
            candidate: this.latency.events.first,
            primary: this.latency.events.second,
            boundMs: this.latency.boundMs,
          },
        },
        ...this.means.map(({ guard, test }) => ({
          guard: guard.name,
          level: Math.max(0, test.logLikelihoodRatio / bound),
          detail: { difference: test.difference },
        })),
      ],
      isNotInferior: this.isNotInferior,
    };
  }

  private get isNotInferior(): boolean {
    if (this.isReturned) return false;
    const logProb = this.means.find(({ guard }) => guard.name === 'log-probability')!.test;
    const { emptiness } = this;
    return (
      logProb.difference - logProb.halfWidth(promotionAlpha / 2) > -margins.logProb &&
      emptiness.difference + emptiness.halfWidth(promotionAlpha / 2) < margins.emptyShare
    );
  }

  private decide(): void {
    const alpha = this.alphaOfGuard;
    const found =
      this.counts.find(({ test }) => test.finds(alpha))?.guard.finding ??
      this.means.find(
        ({ guard, test }) => test.finds(alpha) && (!guard.isOnlyLowerBad || test.difference < 0),
      )?.guard.finding ??
      (this.failures.test.finds(alpha) ? 'fails more often than the primary' : undefined) ??
      (this.latency.finds(alpha) ? 'lets clients wait longer than the primary' : undefined);
    if (found !== undefined) this.returnedFor = `The candidate ${found}.`;
  }
}
