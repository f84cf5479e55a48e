import { describe, expect, it } from 'vitest';
import { tone } from '../../test/support/tone.js';
import { joinSamples } from '../audio/join-samples.js';
import { kWeightingCoefficients } from './k-weighting.js';
import { LoudnessMeter } from './loudness-meter.js';

function dbfs(level: number): number {
  return 10 ** (level / 20);
}

function measure(samples: Float32Array, sampleRate = 16_000): LoudnessMeter {
  const meter = new LoudnessMeter(sampleRate);
  meter.push(samples);
  return meter;
}

describe('LoudnessMeter', () => {
  it('derives the coefficients that ITU-R BS.1770-4 prints for 48 kHz', () => {
    const { shelf, highPass } = kWeightingCoefficients(48_000);
    const printedShelf = [
      1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585,
    ];
    const printedHighPass = [1, -2, 1, -1.99004745483398, 0.99007225036621];
    shelf.forEach((value, i) => expect(value).toBeCloseTo(printedShelf[i]!, 6));
    highPass.forEach((value, i) => expect(value).toBeCloseTo(printedHighPass[i]!, 6));
  });

  it.each([16_000, 48_000])('reads -23.0 LUFS for a 997 Hz tone of -19.99 dBFS at %i Hz', (sampleRate) => {
    // A full-scale sine of 997 Hz in one channel is -3.01 LKFS by definition.
    const meter = measure(tone(997, sampleRate, 20, dbfs(-19.99)), sampleRate);
    expect(Math.abs(meter.integratedLufs() + 23)).toBeLessThan(0.1);
    expect(meter.windowLufs()).toBeCloseTo(meter.integratedLufs(), 2);
  });

  it('ignores audio 10 LU below the rest (EBU Tech 3341, case 3)', () => {
    const quiet = tone(1_000, 16_000, 10, dbfs(-33));
    const loud = tone(1_000, 16_000, 60, dbfs(-20));
    expect(Math.abs(measure(joinSamples([quiet, loud, quiet])).integratedLufs() + 23)).toBeLessThan(0.1);
  });

  it('ignores audio below -70 LUFS (EBU Tech 3341, case 4)', () => {
    const silent = tone(1_000, 16_000, 10, dbfs(-69));
    const quiet = tone(1_000, 16_000, 10, dbfs(-33));
    const loud = tone(1_000, 16_000, 60, dbfs(-20));
    expect(
      Math.abs(measure(joinSamples([silent, quiet, loud, quiet, silent])).integratedLufs() + 23),
    ).toBeLessThan(0.1);
  });

  it('reads -Infinity for silence and without input', () => {
    expect(measure(new Float32Array(32_000)).integratedLufs()).toBe(-Infinity);
    expect(measure(tone(1_000, 16_000, 2, dbfs(-80))).integratedLufs()).toBe(-Infinity);
    expect(measure(new Float32Array(0)).integratedLufs()).toBe(-Infinity);
  });

  it('measures input shorter than a block as one block', () => {
    expect(Math.abs(measure(tone(997, 16_000, 0.25, dbfs(-20))).integratedLufs() + 23)).toBeLessThan(0.3);
  });

  it('forgets earlier audio in the window, but not in the integrated loudness', () => {
    const meter = new LoudnessMeter(16_000, 1);
    meter.push(tone(1_000, 16_000, 5, dbfs(-20)));
    meter.push(tone(1_000, 16_000, 2, dbfs(-40)));
    expect(meter.windowLufs()).toBeCloseTo(-43, 0);
    expect(meter.integratedLufs()).toBeGreaterThan(-24.5);
  });
});
