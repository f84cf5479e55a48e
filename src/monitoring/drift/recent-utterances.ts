import type { UtteranceRecord } from '../../recognition/utterances/utterance-record.js';
import { estimateErrors } from '../quality/error-estimate.js';
import type { ErrorCurve, EstimatedErrors } from '../quality/error-estimate.js';
import { bucketOf, countFeatures, numberFeatures } from '../features/features.js';

/** Utterances that are shown at most. */
const kept = 1_000;
/** Of one client. */
const perClient = 3;

const noErrors: EstimatedErrors = { words: 0, errors: 0 };

interface Recent {
  readonly at: number;
  readonly client: string;
  /** The bucket of each number, shape (numberFeatures); -1 without a value. */
  readonly buckets: Int8Array;
  /** Shape (countFeatures). */
  readonly words: readonly string[];
  readonly estimated: EstimatedErrors;
}

/** The newest utterances of a model in buckets, to be shown next to the reference: so many at most, no older than so long. */
export class RecentUtterances {
  private entries: Recent[] = [];
  private readonly places = new Map<string, number>();
  /** Of all that were counted since the start: the bucket of each number, and each word. */
  readonly totals = new Map<string, Map<string | number, number>>();

  /**
   * @param windowMs age from which an utterance does not count
   * @param errors of the profile; undefined: word errors are not estimated
   */
  constructor(
    private readonly windowMs: number,
    private readonly errors: ErrorCurve | undefined,
  ) {}

  /** @param now ms, by any clock that only goes forward @returns whether the utterance is counted */
  add(record: UtteranceRecord, client: string, now: number): boolean {
    this.forgetBefore(now - this.windowMs);
    const taken = this.places.get(client) ?? 0;
    if (taken >= perClient) return false;
    if (this.entries.length >= kept) this.forgetFirst(1);
    this.places.set(client, taken + 1);
    const buckets = Int8Array.from(numberFeatures, (feature) => {
      const value = feature.valueOf(record);
      return value === undefined ? -1 : bucketOf(feature, value);
    });
    const words = countFeatures.map((feature) => feature.valueOf(record));
    const estimated = this.errors === undefined ? noErrors : estimateErrors(this.errors, record);
    this.entries.push({ at: now, client, buckets, words, estimated });
    numberFeatures.forEach(({ name }, at) => buckets[at]! >= 0 && this.count(name, buckets[at]!));
    countFeatures.forEach(({ name }, at) => this.count(name, words[at]!));
    return true;
  }

  utteranceCount(now: number): number {
    this.forgetBefore(now - this.windowMs);
    return this.entries.length;
  }

  get clientCount(): number {
    return this.places.size;
  }

  /** Of all words in the window; undefined without a curve, or without words. */
  get estimatedWordErrorRate(): number | undefined {
    let [words, wrong] = [0, 0];
    for (const { estimated } of this.entries) {
      words += estimated.words;
      wrong += estimated.errors;
    }
    return words === 0 ? undefined : wrong / words;
  }

  /** Counts of the buckets of a number. @param at its place among `numberFeatures` */
  bucketCounts(at: number): readonly number[] {
    const counts = Array.from({ length: numberFeatures[at]!.bounds.length + 1 }, () => 0);
    for (const { buckets } of this.entries) if (buckets[at]! >= 0) counts[buckets[at]!]!++;
    return counts;
  }

  /** Counts of the words of a feature. @param at its place among `countFeatures` */
  wordCounts(at: number): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { words } of this.entries) counts[words[at]!] = (counts[words[at]!] ?? 0) + 1;
    return counts;
  }

  private count(feature: string, bucket: string | number): void {
    const counts = this.totals.get(feature) ?? new Map<string | number, number>();
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
    this.totals.set(feature, counts);
  }

  private forgetBefore(time: number): void {
    const first = this.entries.findIndex(({ at }) => at >= time);
    this.forgetFirst(first < 0 ? this.entries.length : first);
  }

  private forgetFirst(count: number): void {
    for (const { client } of this.entries.splice(0, count)) {
      const left = this.places.get(client)! - 1;
      if (left === 0) this.places.delete(client);
      else this.places.set(client, left);
    }
  }
}
