import type { UtteranceRecord } from '../../recognition/utterances/utterance-record.js';
import { OnlineDrift } from '../../statistics/online-drift.js';
import type { WindowThreshold } from '../../statistics/online-drift.js';
import { ReferenceRanks } from '../../statistics/reference-ranks.js';
import { countFeatures, featureCount, numberFeatures } from '../features/features.js';
import type { CountFeature, NumberFeature } from '../features/features.js';
import type { ReferenceProfile } from '../profile/reference-profile.js';
import { ClientWindow } from './client-window.js';
import { CountWindow } from './count-window.js';

/** A feature of which the reference has fewer values is not watched. */
const fewestValues = 100;

interface WatchedNumber {
  readonly feature: NumberFeature;
  readonly ranks: ReferenceRanks;
  readonly drift: OnlineDrift;
}

interface WatchedCount {
  readonly feature: CountFeature;
  readonly window: CountWindow;
}

/** Watches all features over windows of one length. */
export class DriftWindow {
  readonly size: number;
  private readonly clients: ClientWindow;
  private readonly numbers: readonly WatchedNumber[];
  private readonly counts: readonly WatchedCount[];
  /** Utterances counted. */
  private counted = 0;
  /** By feature, how many utterances had been counted at its last alarm. */
  private readonly alarms = new Map<string, number>();

  /** @param random for values that are equal to others, see ReferenceRanks */
  constructor(
    { size, threshold }: WindowThreshold,
    profile: ReferenceProfile,
    perClient: number,
    random: () => number,
  ) {
    const { clips } = profile.data;
    this.size = size;
    this.clients = new ClientWindow(size, perClient);
    this.numbers = numberFeatures.flatMap((feature) => {
      const values = profile.numbers[feature.name]?.values ?? [];
      if (values.length < fewestValues) return [];
      const ranks = new ReferenceRanks(values, random);
      return [{ feature, ranks, drift: new OnlineDrift([{ size, threshold }], clips) }];
    });
    const level = size / (profile.expectedRunTime * featureCount * profile.thresholds.length);
    this.counts = countFeatures.map((feature) => {
      const reference = profile.counts[feature.name] ?? {};
      return { feature, window: new CountWindow(size, reference, clips, level) };
    });
  }

  /** Fewer clients never fill it. */
  get isFilling(): boolean {
    return this.counted < this.size;
  }

  push(record: UtteranceRecord, client: string): void {
    if (!this.clients.admit(client)) return;
    this.counted++;
    for (const { feature, ranks, drift } of this.numbers) {
      const value = feature.valueOf(record);
      if (value === undefined) continue;
      drift.push(ranks.rankOf(value));
      if (drift.hasDrifted) this.alarms.set(feature.name, this.counted);
    }
    for (const { feature, window } of this.counts) {
      window.push(feature.valueOf(record));
      if (window.suspicion >= 1) this.alarms.set(feature.name, this.counted);
    }
  }

  /** How suspicious each feature is now: from 1 on it is an alarm. */
  levels(): ReadonlyMap<string, number> {
    return new Map([
      ...this.numbers.map(({ feature, drift }) => [feature.name, drift.level] as const),
      ...this.counts.map(({ feature, window }) => [feature.name, window.suspicion] as const),
    ]);
  }

  /** Features with an alarm whose values may still be in the window. */
  get drifted(): readonly string[] {
    return [...this.alarms].filter(([, at]) => this.counted - at < this.size).map(([name]) => name);
  }

  /** Old values say nothing about now. */
  clear(): void {
    this.clients.clear();
    this.counted = 0;
    this.alarms.clear();
    for (const { drift } of this.numbers) drift.clear();
    for (const { window } of this.counts) window.clear();
  }
}
