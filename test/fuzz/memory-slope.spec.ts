import { describe, expect, it } from 'vitest';
import { growthFault } from './memory-slope.js';

const readings = (of: (at: number) => number): number[] => Array.from({ length: 41 }, (_, at) => of(at));

describe('growthFault', () => {
  it('finds memory that grows on after the first half of a run', () => {
    const grown = readings((at) => 400e6 + at * 2e6);
    expect(growthFault(grown, 30e6)?.message).toBe(
      'memory grew by 40 MB in the second half of the run, more than 30 MB',
    );
    expect(growthFault(grown, 50e6)).toBeUndefined();
  });

  it('takes a process that warms up, and memory that goes up and down', () => {
    expect(
      growthFault(
        readings((at) => Math.min(at, 15) * 20e6),
        30e6,
      ),
    ).toBeUndefined();
    expect(
      growthFault(
        readings((at) => (at % 2) * 50e6),
        30e6,
      ),
    ).toBeUndefined();
  });

  it('finds nothing in a few readings', () => {
    expect(growthFault(readings((at) => at * 100e6).slice(0, 10), 30e6)).toBeUndefined();
  });
});
