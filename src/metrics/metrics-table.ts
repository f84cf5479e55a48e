import { labels, metricDefinitions } from './metric-definitions.js';
import type { LabelName, MetricDefinition, MetricKind } from './metric-definitions.js';

/** Above this a list of values belongs where it comes from. */
const listedAtMost = 8;

/**
 * The metrics and their labels as they stand in docs/operations/metrics.md.
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
  if (values.length > listedAtMost) return `one of ${values.length}: the codes of docs/api/errors.md`;
  return values.map((value) => `\`${value}\``).join(', ');
}
