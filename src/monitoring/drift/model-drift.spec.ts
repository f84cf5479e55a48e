import { describe, expect, it } from 'vitest';
import { driftTraffic } from '../../../test/support/drift-traffic.js';
import type { TrafficOptions } from '../../../test/support/drift-traffic.js';
import { seededRandom } from '../../statistics/random.js';
import { makeProfile } from '../profile/reference-profile.js';
import type { ReferenceProfile } from '../profile/reference-profile.js';
import { ModelDrift } from './model-drift.js';

const usual = { seed: 1, clients: 20_000, inARow: 1, correlation: 0 };

function profileOf(utterances: number): ReferenceProfile {
  const traffic = driftTraffic(usual);
  const records = Array.from({ length: utterances }, () => traffic.next().value.record);
  return makeProfile(records, { description: 'simulated', manifestSha256: '', clips: utterances });
}

const profile = profileOf(1_000);

function driftAfter(options: Partial<TrafficOptions>, utterances: number): ModelDrift {
  const drift = new ModelDrift(profile.model, profile, {
    perClient: 1,
    windowMs: 3_600_000,
    random: seededRandom(9),
  });
  const traffic = driftTraffic({ ...usual, ...options, seed: 77 });
  for (let at = 0; at < utterances; at++) {
    const { record, client } = traffic.next().value;
    drift.push(record, client, at);
  }
  return drift;
}

describe('a profile', () => {
  it('is refused below 500 utterances, and states its size', () => {
    expect(() => profileOf(499)).toThrow('A profile needs at least 500 utterances; there are 499.');
    expect(profile).toMatchObject({ utterances: 1_000, data: { clips: 1_000 }, expectedRunTime: 200_000 });
  });
});

describe('ModelDrift', () => {
  it('raises no alarm for usual traffic, also of few clients that talk a lot', () => {
    // bench/drift/false-alarms.mjs has the long form: 10,000 windows.
    for (const traffic of [{}, { clients: 300, inARow: 20, correlation: 0.5 }]) {
      const drift = driftAfter(traffic, 20_000);
      expect(drift.drifted).toEqual([]);
      expect(drift.filling).toEqual([]);
    }
  });

  it.each<[string, Partial<TrafficOptions>, string]>([
    ['a level that is shifted by one standard deviation', { shift: -1 }, 'active_level'],
    ['another codec', { codec: 'opus' }, 'codec'],
    ['texts that are empty three times as often', { emptyShare: 0.25 }, 'outcome'],
  ])('finds %s within 200 utterances of 100 clients', (_, changed, feature) => {
    const drift = driftAfter({ ...changed, clients: 100 }, 200);
    expect(drift.drifted).toEqual([feature]);
    const report = drift.features().find((each) => each.feature === feature)!;
    expect(report.level).toBeGreaterThanOrEqual(1);
    expect(report.pValue).toBeLessThan(0.001);
    expect(report.buckets.reduce((sum, { now }) => sum + now, 0)).toBeCloseTo(1, 2);
  });

  it('tells utterances of the drifting kind from usual ones', () => {
    const { record } = driftTraffic(usual).next().value;
    const drifting = { ...record, input: { ...record.input, codec: 'opus' as const } };
    const drift = driftAfter({ codec: 'opus', clients: 100 }, 200);
    expect([drift.isDrifting(drifting), drift.isDrifting(record)]).toEqual([true, false]);
    const quieter = driftAfter({ shift: -2 }, 200);
    const level = record.input.activeLevelDbfs! - 20;
    const quiet = { ...record, input: { ...record.input, activeLevelDbfs: level } };
    expect([quieter.isDrifting(quiet), quieter.isDrifting(drifting)]).toEqual([true, false]);
    expect(driftAfter({}, 200).isDrifting(drifting)).toBe(false);
  });

  it('says that it has too few clients', () => {
    const drift = driftAfter({ clients: 10, shift: -3 }, 500);
    expect([drift.drifted, drift.filling]).toEqual([[], [20, 50, 200]]);
    // They are shown all the same, at most three of each.
    expect(drift.recent.utteranceCount(500)).toBe(30);
  });

  it('forgets traffic that is too old', () => {
    const drift = driftAfter({ shift: -3 }, 100);
    expect(drift.drifted).toEqual(['active_level']);
    const { record, client } = driftTraffic(usual).next().value;
    drift.push(record, client, 2 * 3_600_000);
    expect([drift.drifted, drift.recent.utteranceCount(2 * 3_600_000)]).toEqual([[], 1]);
  });
});
