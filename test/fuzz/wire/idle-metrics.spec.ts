import { describe, expect, it } from 'vitest';
import { checkNoneReplaced, heldIn } from './idle-metrics.js';

const idle = `# TYPE hearken_places_used gauge
hearken_places_used{kind="stream"} 0
# TYPE hearken_held_bytes gauge
# TYPE hearken_queued_segments gauge
hearken_queued_segments 0
# TYPE hearken_worker_restarts_total counter
`;

describe('metrics of an idle service', () => {
  it('name nothing that is held, and no process that was replaced', () => {
    expect(heldIn(idle)).toBe('');
    expect(() => checkNoneReplaced(idle)).not.toThrow();
  });

  it('name what is held', () => {
    expect(heldIn(idle.replace('} 0', '} 10'))).toBe('hearken_places_used 10');
  });

  it('are a find if a gauge has another name', () => {
    for (const name of ['places_used', 'held_bytes', 'queued_segments']) {
      expect(() => heldIn(idle.replaceAll(`hearken_${name}`, 'other'))).toThrow(`no metric hearken_${name}`);
    }
    expect(() => checkNoneReplaced(idle.replace('restarts', 'other'))).toThrow('no metric');
  });

  it('name a replaced process apart from what is held', () => {
    const replaced = `${idle}hearken_worker_restarts_total{pool="live-decoding"} 1\n`;
    expect(heldIn(replaced)).toBe('');
    expect(() => checkNoneReplaced(replaced)).toThrow('a process was replaced: 1 of live-decoding');
  });
});
