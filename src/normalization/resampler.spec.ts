import { describe, expect, it } from 'vitest';
import { noise, tone } from '../../test/support/tone.js';
import { designPolyphaseFilter } from './polyphase-filter.js';
import { Resampler } from './resampler.js';

const outputRate = 16_000;

function resample(input: Float32Array, inputRate: number, chunkSamples = input.length): Float32Array {
  const resampler = new Resampler(inputRate, outputRate);
  const parts: Float32Array[] = [];
  for (let from = 0; from < input.length; from += chunkSamples) {
    parts.push(resampler.push(input.subarray(from, from + chunkSamples)));
  }
  parts.push(resampler.flush());
  return Float32Array.from(parts.flatMap((part) => Array.from(part)));
}

/** Level in dB relative to a tone of amplitude 0.5, without the ends. */
function levelDb(samples: Float32Array): number {
  const middle = samples.subarray(2_000, samples.length - 2_000);
  const power = middle.reduce((sum, sample) => sum + sample * sample, 0) / middle.length;
  return 10 * Math.log10(power / 0.125);
}

describe('Resampler', () => {
  it('returns 16 kHz unchanged', () => {
    const input = noise(1_000);
    expect(new Resampler(16_000, 16_000).push(input)).toBe(input);
  });

  it.each([8_000, 11_025, 12_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000])(
    'keeps the phase of a 1 kHz tone at %i Hz, with errors 80 dB below it',
    (inputRate) => {
      const output = resample(tone(1_000, inputRate, 1), inputRate);
      const expected = tone(1_000, outputRate, 1);
      expect(output).toHaveLength(16_000);
      const difference = output.map((sample, i) => sample - expected[i]!);
      expect(levelDb(difference)).toBeLessThan(-80);
    },
  );

  it.each([8_001, 44_101, 95_999, 191_999])(
    'has errors 60 dB below the tone at %i Hz, which shares no factor with 16 kHz, and needs no larger filter',
    (inputRate) => {
      const output = resample(tone(1_000, inputRate, 1), inputRate);
      const expected = tone(1_000, outputRate, 1);
      expect(levelDb(output.map((sample, i) => sample - (expected[i] ?? 0)))).toBeLessThan(-60);
      // A client may declare any rate, and the design runs on the thread of all live audio.
      expect(designPolyphaseFilter(inputRate, outputRate).coefficients.length).toBeLessThan(110_000);
    },
  );

  it.each([22_050, 24_000, 44_100, 48_000, 96_000, 192_000])(
    'passes 7 kHz at %i Hz within 0.6 dB',
    (inputRate) => {
      expect(Math.abs(levelDb(resample(tone(7_000, inputRate, 1), inputRate)))).toBeLessThan(0.6);
    },
  );

  it.each([22_050, 44_100, 48_000, 96_000, 192_000])(
    'removes 10 kHz at %i Hz, so that it does not alias',
    (inputRate) => {
      expect(levelDb(resample(tone(10_000, inputRate, 1), inputRate))).toBeLessThan(-60);
    },
  );

  it('leaves no image of 3 kHz at 8 kHz', () => {
    const output = resample(tone(3_000, 8_000, 1), 8_000);
    const expected = tone(3_000, outputRate, 1);
    expect(levelDb(output.map((sample, i) => sample - expected[i]!))).toBeLessThan(-70);
  });

  it.each([8_000, 11_025, 22_050, 44_100, 44_101, 48_000, 96_000])(
    'returns round(duration * 16000) samples for any length at %i Hz',
    (inputRate) => {
      for (const length of [1, 2, 3, 100, 441, 1_000, 4_095, 4_096, 4_097, 12_345]) {
        expect(resample(noise(length), inputRate)).toHaveLength(Math.round((length / inputRate) * 16_000));
      }
    },
  );

  it.each([8_000, 11_025, 44_100, 44_101, 48_000, 96_000])(
    'returns the same samples for pieces as for the whole at %i Hz',
    (inputRate) => {
      const input = noise(9_999);
      const whole = resample(input, inputRate);
      for (const chunkSamples of [1, 7, 160, 441, 5_000]) {
        expect(resample(input, inputRate, chunkSamples)).toEqual(whole);
      }
    },
  );

  it('returns no samples without input', () => {
    expect(resample(new Float32Array(0), 48_000)).toHaveLength(0);
  });
});
