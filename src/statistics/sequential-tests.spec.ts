import { describe, expect, it } from 'vitest';
import { CountTest } from './count-test.js';
import { MeanTest } from './mean-test.js';
import { normalRandom, seededRandom } from './random.js';

const alpha = 0.01;

describe('CountTest', () => {
  it('finds nothing in all but a few of many groups of the same rate, however long it looks', () => {
    let found = 0;
    for (let run = 0; run < 2_000; run++) {
      const random = seededRandom(run);
      const test = new CountTest(0.1);
      for (let event = 0; event < 1_000; event++) {
        test.add(random() < 0.1);
        if (!test.finds(alpha)) continue;
        found++;
        break;
      }
    }
    expect(found / 2_000).toBeLessThanOrEqual(alpha);
  });

  it('finds three times the rate within some hundred events', () => {
    const random = seededRandom(5);
    const test = new CountTest(0.1);
    let events = 0;
    while (!test.finds(1e-3 / 7) && events < 1_000) {
      // 0.1 * 3 of 0.1 * 3 + 0.9.
      test.add(random() < 0.25);
      events++;
    }
    expect(events).toBeLessThan(250);
  });

  it('does not find the group that is better', () => {
    const test = new CountTest(0.5);
    for (let event = 0; event < 500; event++) test.add(false);
    expect(test.logWealth).toBeGreaterThan(10);
    expect(test.finds(alpha)).toBe(false);
  });
});

describe('MeanTest', () => {
  const options = { effect: 0.3, low: -10, high: 10 };

  it('finds nothing in all but a few of many groups of the same mean, however long it looks', () => {
    let found = 0;
    for (let run = 0; run < 500; run++) {
      const random = seededRandom(run);
      const normal = normalRandom(random);
      const test = new MeanTest(options);
      for (let step = 0; step < 2_000; step++) {
        test.add(random() < 0.2, normal());
        if (!test.finds(alpha)) continue;
        found++;
        break;
      }
    }
    expect(found / 500).toBeLessThanOrEqual(alpha);
  });

  it('finds a difference of one standard deviation within some ten values', () => {
    const normal = normalRandom(seededRandom(2));
    const test = new MeanTest(options);
    let step = 0;
    while (!test.finds(1e-3 / 7) && step < 1_000) {
      const isFirst = step++ % 2 === 0;
      test.add(isFirst, normal() - (isFirst ? 1 : 0));
    }
    expect(step / 2).toBeLessThan(100);
  });

  it('has the true difference within its confidence sequence all the time', () => {
    let missed = 0;
    for (let run = 0; run < 300; run++) {
      const random = seededRandom(9_000 + run);
      const normal = normalRandom(random);
      const test = new MeanTest(options);
      let isMissed = false;
      for (let step = 0; step < 1_500; step++) {
        const isFirst = random() < 0.3;
        test.add(isFirst, normal() + (isFirst ? 0.4 : 0));
        if (Math.abs(test.difference - 0.4) > test.halfWidth(alpha)) isMissed = true;
      }
      if (isMissed) missed++;
    }
    expect(missed / 300).toBeLessThanOrEqual(0.02);
  });

  it('cuts outliers to its bounds', () => {
    const test = new MeanTest(options);
    for (let i = 0; i < 30; i++) {
      test.add(true, i === 0 ? 1e9 : 0);
      test.add(false, 0);
    }
    expect(test.difference).toBeLessThan(0.4);
  });
});
