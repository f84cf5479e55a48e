import { metricDefinitions } from './metric-definitions.js';
import { labels } from './metric-kinds.js';
import type { LabelName, MetricDefinition, MetricKind } from './metric-kinds.js';

/** Where the values are that are too many for a table. */
const described: Readonly<Record<string, string>> = { reason: 'the codes of docs/api/errors.md' };

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
    ([label, values]) => `| \`${label}\` | ${valuesOf(label, values)} |`,
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

function valuesOf(label: string, values: string | readonly string[]): string {
  if (typeof values === 'string') return values;
  if (described[label] !== undefined) return `one of ${values.length}: ${described[label]}`;
  return values.map((value) => `\`${value}\``).join(', ');
}
