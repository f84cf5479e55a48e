import { describe, expect, it } from 'vitest';
import { heardPositions } from './heard-positions.js';

const second = 16_000;
const sparse = { marginSeconds: 0.5, stride: 16 };

describe('heardPositions', () => {
  it('takes all of the clip and its margin, and the middle one of each 16 behind', () => {
    const { positions, bias, audioSamples, stemPositions } = heardPositions(2 * second, sparse, 1_500);
    expect(positions.slice(0, 125)).toEqual(Array.from({ length: 125 }, (_, at) => at));
    expect(positions.slice(125, 128)).toEqual([133, 149, 165]);
    expect(positions.at(-1)).toBe(1_493);
    expect(bias.slice(0, 125).every((value) => value === 0)).toBe(true);
    expect(bias.slice(125).every((value) => value === Math.fround(Math.log(16)))).toBe(true);
    expect(audioSamples).toBe(126 * 320);
    expect(Math.max(...stemPositions)).toBe(124);
  });

  it('takes the whole window with a stride of one', () => {
    const { positions, stemPositions, bias, audioSamples } = heardPositions(
      second,
      { marginSeconds: 0.5, stride: 1 },
      1_500,
    );
    expect(positions).toHaveLength(1_500);
    expect(stemPositions).toEqual(positions);
    expect(bias.every((value) => value === 0)).toBe(true);
    expect(audioSamples).toBe(30 * second);
  });

  it('never takes more than the window', () => {
    for (const samples of [29.6 * second, 30 * second]) {
      const { positions, stemPositions, audioSamples } = heardPositions(samples, sparse, 1_500);
      expect(positions.at(-1)).toBeLessThan(1_500);
      expect(stemPositions).toEqual(positions);
      expect(audioSamples).toBe(30 * second);
    }
  });

  it('takes silence for silence without a margin', () => {
    const samples = 5_000;
    const { stemPositions } = heardPositions(samples, { marginSeconds: 0, stride: 8 }, 1_500);
    // The stem's position p depends on the frames 2p - 2 to 2p + 2, and a frame on 200 samples around its own.
    const firstSample = 160 * (2 * stemPositions.at(-1)! - 2) - 200;
    expect(firstSample).toBeGreaterThanOrEqual(samples);
  });
});
