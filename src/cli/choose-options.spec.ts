import { describe, expect, it } from 'vitest';
import { firstGood } from './choose-options.js';

describe('firstGood', () => {
  const measured = (...rates: readonly number[]) =>
    rates.map((wordErrorRate, index) => ({
      trial: { name: String(index), options: {} },
      wordErrorRate,
      speed: 1,
    }));

  it('is the fastest whose word error rate is within 0.3 points of the least', () => {
    expect(firstGood(measured(0.125, 0.123, 0.122)).name).toBe('0');
    expect(firstGood(measured(0.126, 0.1249, 0.122)).name).toBe('1');
    expect(firstGood(measured(0.3, 0.2, 0.1)).name).toBe('2');
    expect(firstGood(measured(0.1, 0.2, 0.3)).name).toBe('0');
  });
});
