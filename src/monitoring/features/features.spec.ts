import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { driftTraffic } from '../../../test/support/drift-traffic.js';
import { bucketNames, bucketOf, countFeatures, featureCount, numberFeatures } from './features.js';

const { record } = driftTraffic({ seed: 1, clients: 1, inARow: 1, correlation: 0 }).next().value;
const document = readFileSync('docs/operations/drift.md', 'utf8');

it('are all described, with names of their own', () => {
  const names = [...numberFeatures, ...countFeatures].map(({ name }) => name);
  expect(new Set(names).size).toBe(featureCount);
  for (const name of names) expect(document).toContain(`\`${name}\``);
});

it('have buckets that ascend, and a value at a bound is in the lower one', () => {
  for (const feature of numberFeatures) {
    expect(feature.bounds).toEqual(feature.bounds.toSorted((one, other) => one - other));
    expect(bucketNames(feature)).toHaveLength(feature.bounds.length + 1);
    expect(bucketOf(feature, feature.bounds[0]!)).toBe(0);
    expect(bucketOf(feature, Infinity)).toBe(feature.bounds.length);
  }
});

it('do not compare where the service cut live speech with where recordings end', () => {
  const live = { ...record, output: { ...record.output, speechAfterFinal: false } };
  const left = numberFeatures
    .filter((feature) => feature.valueOf(live) === undefined)
    .map(({ name }) => name);
  expect(left).toEqual(['duration', 'speech_share', 'leading_silence', 'trailing_silence']);
  expect(numberFeatures.filter((feature) => feature.valueOf(record) === undefined)).toEqual([]);
});

it('name no rate that only one client sends', () => {
  const rate = countFeatures.find(({ name }) => name === 'source_rate')!;
  expect(rate.valueOf(record)).toBe('16000');
  expect(rate.valueOf({ ...record, input: { ...record.input, sourceRateHz: 12_345 } })).toBe('other');
});
