import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { metricDefinitions } from './metric-definitions.js';
import type { LabelName, MetricDefinition, MetricKind } from './metric-kinds.js';

type Definitions = typeof metricDefinitions;
type Metric<Kind extends MetricKind, Label extends LabelName> = Kind extends 'counter'
  ? Counter<Label>
  : Kind extends 'gauge'
    ? Gauge<Label>
    : Histogram<Label>;
/** prom-client's object for each definition, so that a wrong label does not compile. */
export type Metrics = {
  readonly [Key in keyof Definitions]: Definitions[Key] extends MetricDefinition<infer Kind, infer Label>
    ? Metric<Kind, Label>
    : never;
};

/** The metrics of one application, in a registry of its own: several applications may run in one process. */
@Injectable()
export class MetricsRegistry {
  private readonly registry = new Registry();
  readonly metrics: Metrics;

  constructor() {
    const registers = [this.registry];
    const entries = Object.entries<MetricDefinition<MetricKind, LabelName>>(metricDefinitions).map(
      ([key, { name, kind, help, labels, buckets = [] }]) => {
        const options = { name, help, labelNames: labels, registers };
        switch (kind) {
          case 'counter':
            return [key, new Counter(options)] as const;
          case 'gauge':
            return [key, new Gauge(options)] as const;
          case 'histogram':
            return [key, new Histogram({ ...options, buckets: [...buckets] })] as const;
        }
      },
    );
    this.metrics = Object.fromEntries(entries) as Metrics;
  }

  /** Adds the default metrics of prom-client: memory, CPU, garbage collection and others of the main process. */
  collectDefaults(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }
}
