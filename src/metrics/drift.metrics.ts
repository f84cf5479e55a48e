import { Injectable } from '@nestjs/common';
import { DriftMonitor } from '../monitoring/drift/drift-monitor.js';
import type { ModelDrift } from '../monitoring/drift/model-drift.js';
import { bucketNames, countFeatures, numberFeatures } from '../monitoring/features/features.js';
import { MetricsRegistry } from './metrics-registry.js';

/** Counts of the features of utterances, and the shares that they have in the profiles; read at each scrape. */
@Injectable()
export class DriftMetrics {
  constructor(
    private readonly registry: MetricsRegistry,
    private readonly monitor: DriftMonitor,
  ) {}

  read(): void {
    const { featureUtterances, featureReference, driftLevel, driftProfile, estimatedWordErrorRate } =
      this.registry.metrics;
    // The monitor has the sums since the start.
    for (const metric of [
      featureUtterances,
      featureReference,
      driftLevel,
      driftProfile,
      estimatedWordErrorRate,
    ])
      metric.reset();
    for (const drift of this.monitor.models) {
      const names = { model: drift.model.modelId, version: String(drift.model.version) };
      for (const { name: feature, bounds } of numberFeatures) {
        const counts = drift.recent.totals.get(feature);
        bucketNames({ bounds }).forEach((bucket, at) =>
          featureUtterances.inc({ ...names, feature, bucket }, counts?.get(at) ?? 0),
        );
      }
      for (const { name: feature } of countFeatures) {
        for (const [bucket, count] of drift.recent.totals.get(feature) ?? []) {
          featureUtterances.inc({ ...names, feature, bucket: String(bucket) }, count);
        }
      }
      this.readProfile(drift, names);
    }
  }

  private readProfile(drift: ModelDrift, names: { readonly model: string; readonly version: string }): void {
    const { featureReference, driftLevel, driftProfile, estimatedWordErrorRate } = this.registry.metrics;
    const { profile } = drift;
    if (profile === undefined) return;
    driftProfile.set(names, profile.data.clips);
    const estimated = drift.recent.estimatedWordErrorRate;
    if (estimated !== undefined) estimatedWordErrorRate.set(names, estimated);
    for (const feature of numberFeatures) {
      const { buckets } = profile.numbers[feature.name]!;
      const total = buckets.reduce((sum, count) => sum + count, 0);
      bucketNames(feature).forEach((bucket, at) =>
        featureReference.set({ ...names, feature: feature.name, bucket }, buckets[at]! / Math.max(1, total)),
      );
    }
    for (const { name: feature } of countFeatures) {
      const entries = Object.entries(profile.counts[feature]!);
      const total = entries.reduce((sum, [, count]) => sum + count, 0);
      for (const [bucket, count] of entries) {
        featureReference.set({ ...names, feature, bucket }, count / total);
      }
    }
    const levels = drift.levels();
    for (const [feature, level] of levels) driftLevel.set({ ...names, feature }, level);
  }
}
