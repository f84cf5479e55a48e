import type { Provenance, UtteranceRecord } from '../../recognition/utterances/utterance-record.js';
import { stabilityIndex } from '../../statistics/stability-index.js';
import { bucketNames, bucketOf, countFeatures, numberFeatures } from '../features/features.js';
import type { ReferenceProfile } from '../profile/reference-profile.js';
import { DriftWindow } from './drift-window.js';
import { RecentUtterances } from './recent-utterances.js';

/** Values are of a drifting kind if their share is this many times that of the profile. */
const moreFrequent = 1.5;

/** A bucket of a feature, in the reference and now. */
export interface BucketReport {
  /** The upper bound of a number, or a word. */
  readonly bucket: string;
  /** Shares of the utterances that have a value, 0 to 1. */
  readonly reference: number;
  readonly now: number;
}

export interface FeatureReport {
  readonly feature: string;
  readonly unit?: string;
  readonly meaning: string;
  readonly drifted: boolean;
  /** How suspicious the most suspicious window is: from 1 on it is an alarm. */
  readonly level: number;
  /** Population stability index of the newest utterances, and how likely it is without a change. */
  readonly stabilityIndex: number;
  readonly pValue: number;
  readonly buckets: readonly BucketReport[];
}

export interface DriftOptions {
  /** Utterances of a client that a window counts. */
  readonly perClient: number;
  readonly windowMs: number;
  readonly random: () => number;
}

/** The traffic of one model next to its profile. Without a profile it only counts. */
export class ModelDrift {
  readonly recent: RecentUtterances;
  private readonly windows: readonly DriftWindow[];
  private newestAt = -Infinity;

  constructor(
    readonly model: Provenance,
    readonly profile: ReferenceProfile | undefined,
    private readonly options: DriftOptions,
  ) {
    this.recent = new RecentUtterances(options.windowMs, profile?.errors);
    this.windows = (profile?.thresholds ?? []).map(
      (threshold) => new DriftWindow(threshold, profile!, options.perClient, options.random),
    );
  }

  /** @param now ms, by a clock that only goes forward */
  push(record: UtteranceRecord, client: string, now: number): void {
    if (now - this.newestAt > this.options.windowMs) for (const window of this.windows) window.clear();
    this.newestAt = now;
    this.recent.add(record, client, now);
    for (const window of this.windows) window.push(record, client);
  }

  /** Features that have drifted. */
  get drifted(): readonly string[] {
    return [...new Set(this.windows.flatMap(({ drifted }) => drifted))].sort();
  }

  /** Whether an utterance is of the kind by which a feature has drifted: its value is more frequent now than in the profile. */
  isDrifting(record: UtteranceRecord): boolean {
    const { profile, recent } = this;
    const drifted = this.drifted;
    if (profile === undefined || drifted.length === 0) return false;
    const isNumberDrifting = numberFeatures.some((feature, at) => {
      const value = drifted.includes(feature.name) ? feature.valueOf(record) : undefined;
      if (value === undefined) return false;
      const bucket = bucketOf(feature, value);
      const [now, reference] = [recent.bucketCounts(at), profile.numbers[feature.name]!.buckets];
      return isMoreFrequent(now, now[bucket]!, reference, reference[bucket]!);
    });
    if (isNumberDrifting) return true;
    return countFeatures.some((feature, at) => {
      if (!drifted.includes(feature.name)) return false;
      const [now, reference] = [recent.wordCounts(at), profile.counts[feature.name]!];
      const word = feature.valueOf(record);
      const all = [now, reference].map((counts) => Object.values(counts));
      return isMoreFrequent(all[0]!, now[word] ?? 0, all[1]!, reference[word] ?? 0);
    });
  }

  /** Lengths of windows that have not enough clients yet. */
  get filling(): readonly number[] {
    return this.windows.filter(({ isFilling }) => isFilling).map(({ size }) => size);
  }

  /** How suspicious each feature is in its most suspicious window: from 1 on it is an alarm. */
  levels(): ReadonlyMap<string, number> {
    const levels = new Map<string, number>();
    for (const window of this.windows) {
      for (const [name, level] of window.levels()) levels.set(name, Math.max(level, levels.get(name) ?? 0));
    }
    return levels;
  }

  /** All features next to the profile; empty without one. */
  features(): readonly FeatureReport[] {
    const { profile, recent } = this;
    if (profile === undefined) return [];
    const drifted = new Set(this.drifted);
    const levels = this.levels();
    const report = (
      { name, meaning, unit }: { readonly name: string; readonly meaning: string; readonly unit?: string },
      buckets: readonly string[],
      now: readonly number[],
      reference: readonly number[],
    ): FeatureReport => {
      // Utterances of one client, and variations of one clip, are not independent.
      const scale = profile.data.clips / Math.max(1, sum(reference));
      const { index, pValue } = stabilityIndex(
        now,
        reference.map((count) => count * Math.min(1, scale)),
        Math.min(recent.clientCount, sum(now)),
      );
      return {
        feature: name,
        ...(unit !== undefined && { unit }),
        meaning,
        drifted: drifted.has(name),
        level: rounded(levels.get(name) ?? 0),
        stabilityIndex: rounded(index),
        pValue,
        buckets: buckets.map((bucket, at) => ({
          bucket,
          reference: rounded(reference[at]! / Math.max(1, sum(reference))),
          now: rounded(now[at]! / Math.max(1, sum(now))),
        })),
      };
    };
    return [
      ...numberFeatures.map((feature, at) =>
        report(
          feature,
          bucketNames(feature),
          recent.bucketCounts(at),
          profile.numbers[feature.name]!.buckets,
        ),
      ),
      ...countFeatures.map((feature, at) => {
        const [now, reference] = [recent.wordCounts(at), profile.counts[feature.name]!];
        const words = [...new Set([...Object.keys(reference), ...Object.keys(now)])].sort();
        const of = (counts: Readonly<Record<string, number>>): number[] =>
          words.map((word) => counts[word] ?? 0);
        return report(feature, words, of(now), of(reference));
      }),
    ];
  }
}

/** @param now counts of all values, and of one of them; likewise of the reference */
function isMoreFrequent(
  now: readonly number[],
  count: number,
  reference: readonly number[],
  usual: number,
): boolean {
  return count / Math.max(1, sum(now)) > (usual / Math.max(1, sum(reference))) * moreFrequent;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
