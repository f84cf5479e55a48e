import { describe, expect, it } from 'vitest';
import { metricDefinitions } from './metric-definitions.js';
import { labels } from './metric-kinds.js';
import type { LabelName, MetricDefinition, MetricKind } from './metric-kinds.js';
import { MetricsRegistry } from './metrics-registry.js';

const definitions = Object.values<MetricDefinition<MetricKind, LabelName>>(metricDefinitions);

describe('the definitions of the metrics', () => {
  it('have different names with a unit or a counted thing, as Prometheus recommends', () => {
    const names = definitions.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, kind } of definitions) {
      expect(name).toMatch(/^hearken(_[a-z]+)+$/);
      expect(name.endsWith('_total')).toBe(kind === 'counter' || name === 'hearken_places_total');
      expect(name).not.toMatch(/_(ms|milliseconds|minutes|kb|mb)(_|$)/);
    }
  });

  it('have a help text that is a sentence', () => {
    for (const { help } of definitions) {
      expect(help).toMatch(/^[A-Z0-9].{15,}\.$/);
      expect(help).not.toContain('|');
    }
  });

  it('have only labels of the table, with few values', () => {
    for (const definition of definitions) {
      let series = 1;
      for (const label of definition.labels) {
        const values: string | readonly string[] = labels[label];
        // Models are few, because all are loaded at once.
        series *= typeof values === 'string' ? 4 : values.length;
      }
      // 19 features of a model, with about 190 buckets.
      const most = (definition.labels as readonly string[]).includes('feature') ? 1_300 : 300;
      expect(series * ((definition.buckets?.length ?? 0) + 1), definition.name).toBeLessThan(most);
    }
  });

  it('have increasing buckets, and only in histograms', () => {
    for (const { name, kind, buckets } of definitions) {
      expect(buckets !== undefined, name).toBe(kind === 'histogram');
      for (let at = 1; at < (buckets?.length ?? 0); at++) {
        expect(buckets![at]!, name).toBeGreaterThan(buckets![at - 1]!);
      }
    }
  });
});

describe('MetricsRegistry', () => {
  it('writes every defined metric, and counts separately from other registries', async () => {
    const [first, second] = [new MetricsRegistry(), new MetricsRegistry()];
    first.metrics.cancelled.inc({ priority: 'final' });
    const text = await first.text();
    for (const { name, kind, help } of definitions) {
      expect(text).toContain(`# HELP ${name} ${help}`);
      expect(text).toContain(`# TYPE ${name} ${kind}`);
    }
    expect(text).toContain('hearken_cancelled_total{priority="final"} 1');
    expect(await second.text()).not.toContain('hearken_cancelled_total{');
  });
});
