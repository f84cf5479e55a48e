import { expect, it } from 'vitest';
import { randomNumbers } from '../../../test/support/random-numbers.js';
import { wadaSnrDb } from './wada-snr.js';

const random = randomNumbers(7);
const gaussian = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** By the method of Marsaglia and Tsang, for a shape below 1. */
function gamma(shape: number): number {
  const d = shape + 1 - 1 / 3;
  for (;;) {
    const x = gaussian();
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    if (v <= 0 || Math.log(1 - random()) >= 0.5 * x * x + d - d * v + d * Math.log(v)) continue;
    return d * v * (1 - random()) ** (1 / shape);
  }
}

it.each([-5, 0, 5, 15, 30])('finds %d dB in speech of Gamma amplitudes with Gaussian noise', (snrDb) => {
  const count = 100_000;
  const sigma = Math.sqrt(0.56 / 10 ** (snrDb / 10));
  let magnitudes = 0;
  let logs = 0;
  for (let i = 0; i < count; i++) {
    const magnitude = Math.abs((random() < 0.5 ? -1 : 1) * gamma(0.4) + sigma * gaussian());
    magnitudes += magnitude;
    logs += Math.log(magnitude);
  }
  expect(Math.abs(wadaSnrDb(magnitudes, logs, count)! - snrDb)).toBeLessThan(1);
});

it('stays within its table, and needs samples', () => {
  expect(wadaSnrDb(1, 0, 1)).toBe(-20);
  expect(wadaSnrDb(100, -1_000, 100)).toBe(100);
  expect(wadaSnrDb(0, 0, 0)).toBeUndefined();
});
