import { metricDefinitions } from './metric-definitions.js';
import { labels } from './metric-kinds.js';
import type { LabelName, MetricDefinition, MetricKind } from './metric-kinds.js';

/** Longer lists of values are replaced by a reference. */
const maxListedValues = 8;

/**
 * The tables of metrics and labels in docs/operations/metrics.md.
 * @param protocols names of the wire protocols
 */
export function metricsTable(protocols: readonly string[]): string {
  const metrics = Object.values<MetricDefinition<MetricKind, LabelName>>(metricDefinitions).map(
    ({ name, kind, help, labels: names, buckets }) =>
      `| \`${name}\` | ${kind} | ${names.map((label) => `\`${label}\``).join(', ')} | ${help}${
        buckets === undefined ? '' : ` Buckets: ${buckets.join(', ')}.`
      } |`,
  );
  const meanings = Object.entries<string | readonly string[]>({ ...labels, protocol: protocols }).map(
    ([label, values]) => `| \`${label}\` | ${valuesOf(values)} |`,
  );
  return [
    '| metric | kind | labels | meaning |',
    '| --- | --- | --- | --- |',
    ...metrics,
    '',
    '| label | values |',
    '| --- | --- |',
    ...meanings,
  ].join('\n');
}

function valuesOf(values: string | readonly string[]): string {
  if (typeof values === 'string') return values;
  if (values.length > maxListedValues) return `one of ${values.length}: the codes of docs/api/errors.md`;
  return values.map((value) => `\`${value}\``).join(', ');
}
