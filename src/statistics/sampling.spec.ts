import { describe, expect, it } from 'vitest';
import { ratioInterval } from './bootstrap.js';
import { designEffect } from './design-effect.js';
import { normalRandom, seededRandom } from './random.js';

describe('designEffect', () => {
  const clustered = (clients: number, each: number, correlation: number): number => {
    const normal = normalRandom(seededRandom(4));
    return designEffect(
      Array.from({ length: clients }, (_, cluster) => {
        const own = normal() * Math.sqrt(correlation);
        return Array.from({ length: each }, () => ({
          cluster,
          value: own + normal() * Math.sqrt(1 - correlation),
        }));
      }).flat(),
    );
  };

  it('is 1 + (m - 1) r', () => {
    expect(clustered(500, 20, 0.2)).toBeCloseTo(4.8, 0);
    expect(clustered(500, 3, 0.9)).toBeCloseTo(2.8, 0);
  });

  it('is near 1 for clients that do not resemble themselves, and 1 for one observation of each', () => {
    expect(clustered(500, 3, 0)).toBeLessThan(1.15);
    expect(clustered(50, 1, 0.5)).toBe(1);
  });
});

describe('ratioInterval', () => {
  it('contains the true rate as often as it says', () => {
    let contained = 0;
    for (let run = 0; run < 200; run++) {
      const random = seededRandom(run);
      const parts = Array.from({ length: 100 }, () => {
        const denominator = 1 + Math.floor(random() * 15);
        const errors = Array.from({ length: denominator }, () => random() < 0.1).filter(Boolean).length;
        return { numerator: errors, denominator };
      });
      const { low, high } = ratioInterval(parts, { resamples: 400, seed: run })!;
      if (low <= 0.1 && high >= 0.1) contained++;
    }
    expect(contained / 200).toBeGreaterThan(0.88);
  });

  it('is undefined without a denominator', () => {
    expect(ratioInterval([{ numerator: 1, denominator: 0 }])).toBeUndefined();
  });
});
