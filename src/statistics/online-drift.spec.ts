import { describe, expect, it } from 'vitest';
import { CramerVonMisesWindow } from './cramer-von-mises.js';
import { driftThresholds } from './drift-thresholds.js';
import { OnlineDrift } from './online-drift.js';
import { normalRandom, seededRandom } from './random.js';
import { ReferenceRanks } from './reference-ranks.js';

describe('CramerVonMisesWindow', () => {
  it('has the statistic of the newest values', () => {
    const window = new CramerVonMisesWindow(5);
    for (const rank of [0.77, 0.5, 0.1, 0.95, 0.2, 0.4, 0.15]) window.push(rank);
    // scipy.stats.cramervonmises([0.1, 0.15, 0.2, 0.4, 0.95], 'uniform').statistic
    expect(window.statistic()).toBeCloseTo(0.22166666666666662, 12);
  });
});

describe('ReferenceRanks', () => {
  it('spreads equal values over the ranks that they have together', () => {
    const ranks = new ReferenceRanks([0, 0, 0, 1], seededRandom(1));
    const zeros = Array.from({ length: 1_000 }, () => ranks.rankOf(0));
    expect(Math.min(...zeros)).toBeLessThan(0.02);
    expect(Math.max(...zeros)).toBeLessThanOrEqual(0.8);
    expect(Math.max(...zeros)).toBeGreaterThan(0.78);
    expect(ranks.rankOf(2)).toBeGreaterThan(0.8);
  });
});

describe('OnlineDrift', () => {
  it.each([500, 5_000])(
    'gives a false alarm as seldom as stated, with a reference of %i values',
    (referenceSize) => {
      const expectedRunTime = 2_000;
      const thresholds = driftThresholds({ expectedRunTime, features: 1, steps: 200_000 });
      let [alarms, steps] = [0, 0];
      for (let run = 0; run < 60; run++) {
        const random = seededRandom(1_000 + run);
        const normal = normalRandom(random);
        const ranks = new ReferenceRanks(Float64Array.from({ length: referenceSize }, normal).sort(), random);
        const drift = new OnlineDrift(thresholds, referenceSize);
        for (let step = 0; step < 2_000; step++, steps++) {
          drift.push(ranks.rankOf(normal()));
          if (!drift.hasDrifted) continue;
          alarms++;
          drift.clear();
        }
      }
      // 60 are expected; the alarms vary by about 8.
      expect(steps / alarms).toBeGreaterThan(expectedRunTime * 0.8);
    },
  );

  it('finds a shift of two standard deviations in fewer than 40 values, and of 0.7 of one in 200', () => {
    const thresholds = driftThresholds({ expectedRunTime: 200_000, features: 15, steps: 200_000 });
    const stepsUntilFound = (shift: number): number => {
      const random = seededRandom(3);
      const normal = normalRandom(random);
      const ranks = new ReferenceRanks(Float64Array.from({ length: 1_000 }, normal).sort(), random);
      const drift = new OnlineDrift(thresholds, 1_000);
      for (let step = 1; step <= 400; step++) {
        drift.push(ranks.rankOf(normal() + shift));
        if (drift.hasDrifted) return step;
      }
      return Infinity;
    };
    expect(stepsUntilFound(2)).toBeLessThan(40);
    expect(stepsUntilFound(0.7)).toBeLessThanOrEqual(200);
    expect(stepsUntilFound(0)).toBe(Infinity);
  });
});
