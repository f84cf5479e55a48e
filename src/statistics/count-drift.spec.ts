import { expect, it } from 'vitest';
import { countTail } from './count-drift.js';
import { seededRandom } from './random.js';

it('finds what never came in the reference, and lets one of it pass', () => {
  expect(countTail(20, 20, 0, 500)).toBeLessThan(1e-20);
  expect(countTail(1, 200, 0, 500)).toBeGreaterThan(0.1);
  expect(countTail(4, 200, 10, 500)).toBeGreaterThan(0.5);
});

it('is not below a level more often than the level says', () => {
  const random = seededRandom(5);
  const draw = (size: number, share: number): number => {
    let count = 0;
    for (let i = 0; i < size; i++) if (random() < share) count++;
    return count;
  };
  const runs = 4_000;
  let alarms = 0;
  for (let run = 0; run < runs; run++) {
    const share = 0.05 * random();
    if (countTail(draw(100, share), 100, draw(500, share), 500) < 0.01) alarms++;
  }
  expect(alarms / runs).toBeLessThan(0.012);
});
