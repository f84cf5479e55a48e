import { describe, expect, it } from 'vitest';
import { growthOf } from './growth.mjs';
import { heldIn, moreThan } from './handles.mjs';
import { seededRandom } from './random.mjs';

describe('growth', () => {
  const random = seededRandom(1);
  /** @returns {(readonly [number, number])[]} */
  const noisy = (slope) => Array.from({ length: 400 }, (_, x) => [x, 300 + slope * x + 20 * random()]);

  it('has its slope inside of the interval', () => {
    const { slope, low, high } = growthOf(noisy(0.05));
    expect(slope).toBeCloseTo(0.05, 1);
    expect(low).toBeGreaterThan(0);
    expect(high).toBeGreaterThan(0.05);
  });

  it('has an interval around 0 when nothing grows', () => {
    const { low, high } = growthOf(noisy(0));
    expect(low).toBeLessThan(0.005);
    expect(high).toBeGreaterThan(-0.005);
  });
});

describe('handles that are left', () => {
  it('names what there is more of, and nothing else', () => {
    const before = { 'main.js sockets': 3, 'main.js threads': 11 };
    const after = { 'main.js sockets': 4, 'main.js threads': 10, 'reader.js processes': 1 };
    expect(moreThan(before, after)).toEqual([
      'main.js sockets: 3 before, 4 after',
      'reader.js processes: 0 before, 1 after',
    ]);
  });

  it('finds gauges that are not at 0, and refuses metrics without them', () => {
    const types = ['hearken_places_used', 'hearken_held_bytes', 'hearken_queued_segments']
      .map((name) => `# TYPE ${name} gauge`)
      .join('\n');
    const text = `${types}\nhearken_places_used{kind="stream"} 1\nhearken_held_bytes{holder="upload"} 0\nhearken_held_bytes_limit 5`;
    expect(heldIn(text)).toEqual(['hearken_places_used{kind="stream"} 1']);
    expect(() => heldIn('')).toThrow('no hearken_places_used');
  });
});
