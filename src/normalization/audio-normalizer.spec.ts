import { describe, expect, it } from 'vitest';
import { noise, tone } from '../../test/support/tone.js';
import { joinSamples } from '../audio/join-samples.js';
import type { NormalizerOptions } from './audio-normalizer.js';
import { NormalizationChain } from './audio-normalizer.js';
import { DcBlocker } from './dc-blocker.js';
import { Limiter } from './limiter.js';
import { LoudnessMeter } from './loudness-meter.js';

const recording: NormalizerOptions = {
  channel: 'mix',
  targetLufs: -23,
  toleranceLu: 0,
  maxGainDb: 30,
  mode: 'recording',
};
const live: NormalizerOptions = { ...recording, mode: 'live' };

function normalize(
  samples: Float32Array,
  options: NormalizerOptions,
  chunkSamples = 16_000,
): { output: Float32Array; chain: NormalizationChain; longest: number } {
  const chain = new NormalizationChain(options);
  const parts: Float32Array[] = [];
  for (let from = 0; from < samples.length; from += chunkSamples) {
    parts.push(
      chain.push({ samples: samples.subarray(from, from + chunkSamples), sampleRate: 16_000, channels: 1 }),
    );
  }
  const pushed = joinSamples(parts).length;
  parts.push(chain.flush());
  const output = joinSamples(parts);
  return { output, chain, longest: output.length - pushed };
}

function loudnessOf(samples: Float32Array): number {
  const meter = new LoudnessMeter(16_000);
  meter.push(samples);
  return meter.integratedLufs();
}

function peakOf(samples: Float32Array): number {
  return samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);
}

function rmsOf(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

describe('DcBlocker', () => {
  it('removes an offset without a click and leaves speech unchanged', () => {
    const blocker = new DcBlocker(16_000);
    const input = tone(200, 16_000, 1, 0.1).map((sample) => sample + 0.3);
    const output = new Float32Array(input.length);
    blocker.process(input, output);
    expect(peakOf(output.subarray(0, 80))).toBeLessThan(0.12);
    const tail = output.subarray(8_000);
    expect(Math.abs(tail.reduce((sum, sample) => sum + sample, 0) / tail.length)).toBeLessThan(1e-4);
    expect(peakOf(tail)).toBeCloseTo(0.1, 2);
  });
});

describe('Limiter', () => {
  it('limits peaks to full scale and recovers after them', () => {
    const limiter = new Limiter(16_000);
    const samples = joinSamples([noise(16_000, 3).map((sample) => sample * 30), tone(440, 16_000, 1, 0.5)]);
    limiter.process(samples);
    expect(peakOf(samples)).toBeLessThanOrEqual(1);
    expect(peakOf(samples.subarray(24_000))).toBeCloseTo(0.5, 2);
  });

  it('leaves samples within full scale unchanged', () => {
    const samples = noise(1_000);
    const before = samples.slice();
    new Limiter(16_000).process(samples);
    expect(samples).toEqual(before);
  });
});

describe('NormalizationChain', () => {
  it.each([-45, -30, -20, -10])('brings a recording of %i dBFS to the target with one gain', (level) => {
    const input = tone(500, 16_000, 5, 10 ** (level / 20));
    const { output, chain } = normalize(input, recording);
    expect(output).toHaveLength(input.length);
    expect(Math.abs(loudnessOf(output) + 23)).toBeLessThan(0.3);
    const gain = 10 ** (chain.stats().gainDb / 20);
    for (let from = 0; from < output.length; from += 16_000) {
      const ratio = rmsOf(output.subarray(from, from + 16_000)) / rmsOf(input.subarray(from, from + 16_000));
      expect(Math.abs(ratio / gain - 1)).toBeLessThan(0.01);
    }
  });

  it('leaves audio near the target unchanged and moves other audio to the edge of the band', () => {
    const near = normalize(tone(500, 16_000, 5, 10 ** (-26 / 20)), { ...recording, toleranceLu: 8 });
    expect(near.chain.stats().gainDb).toBe(0);
    const exact = normalize(tone(500, 16_000, 5, 10 ** (-40 / 20)), recording);
    const tolerant = normalize(tone(500, 16_000, 5, 10 ** (-40 / 20)), { ...recording, toleranceLu: 8 });
    expect(exact.chain.stats().gainDb - tolerant.chain.stats().gainDb).toBeCloseTo(8, 6);
  });

  it('adds at most the maximum gain', () => {
    const input = tone(500, 16_000, 5, 10 ** (-60 / 20));
    const { output, chain } = normalize(input, { ...recording, maxGainDb: 12 });
    expect(chain.stats().gainDb).toBeCloseTo(12, 6);
    expect(Math.abs(rmsOf(output) / rmsOf(input) / 10 ** (12 / 20) - 1)).toBeLessThan(0.01);
  });

  it('raises a recording that is quieter than the gate of the standard, and live audio of that level not', () => {
    const input = tone(500, 16_000, 5, 10 ** (-72 / 20));
    expect(normalize(input, recording).chain.stats().gainDb).toBeCloseTo(30, 6);
    expect(normalize(input, live).chain.stats().gainDb).toBe(0);
  });

  it.each(['recording', 'live'] as const)('does not amplify silence (%s)', (mode) => {
    const input = noise(64_000).map((sample) => sample * 1e-4);
    const { output, chain } = normalize(input, { ...recording, mode });
    expect(chain.stats().gainDb).toBe(0);
    expect(peakOf(output)).toBeLessThan(2e-4);
    expect(chain.stats().loudnessLufs).toBe(-Infinity);
  });

  it('leaves the loudness unchanged when the maximum gain is 0', () => {
    const input = tone(500, 16_000, 1, 0.01);
    const { output } = normalize(input, { ...recording, maxGainDb: 0 });
    expect(peakOf(output)).toBeCloseTo(0.01, 3);
  });

  it('follows the loudness of a long recording slowly and buffers only its look-ahead', () => {
    const input = joinSamples([tone(500, 16_000, 60, 0.02), tone(500, 16_000, 60, 0.5)]);
    const { output, longest } = normalize(input, recording);
    expect(output).toHaveLength(input.length);
    expect(longest).toBe(30 * 16_000);
    expect(Math.abs(loudnessOf(output.subarray(0, 25 * 16_000)) + 23)).toBeLessThan(0.3);
    expect(Math.abs(loudnessOf(output.subarray(100 * 16_000)) + 23)).toBeLessThan(0.5);
    expect(peakOf(output)).toBeLessThanOrEqual(1);
  });

  it('returns live audio without delay and moves it towards the target', () => {
    const chain = new NormalizationChain(live);
    const input = tone(500, 16_000, 10, 0.01);
    let last = new Float32Array(0);
    for (let from = 0; from < input.length; from += 160) {
      last = new Float32Array(
        chain.push({ samples: input.subarray(from, from + 160), sampleRate: 16_000, channels: 1 }),
      );
      expect(last).toHaveLength(160);
    }
    expect(chain.flush()).toHaveLength(0);
    expect(peakOf(last)).toBeCloseTo(0.1, 1);
  });

  it.each([recording, live])('returns the same samples however the audio is cut ($mode)', (options) => {
    const input = joinSamples([
      tone(300, 16_000, 20, 0.03),
      noise(16_000 * 15).map((sample) => sample * 0.3),
    ]);
    const whole = normalize(input, options, input.length);
    for (const chunkSamples of [777, 1_600, 50_000]) {
      const cut = normalize(input, options, chunkSamples);
      expect(Buffer.from(cut.output.buffer).equals(Buffer.from(whole.output.buffer))).toBe(true);
      expect(cut.chain.stats()).toEqual(whole.chain.stats());
    }
  });

  it('does not modify its input', () => {
    const input = noise(1_000);
    const before = input.slice();
    normalize(input, live);
    expect(input).toEqual(before);
  });

  it('measures the input before it is changed', () => {
    const chain = new NormalizationChain(recording);
    const samples = tone(1_000, 48_000, 2, 0.1).map((sample) => sample + 0.05);
    chain.push({ samples, sampleRate: 48_000, channels: 1 });
    chain.flush();
    const stats = chain.stats();
    expect(stats.durationSeconds).toBeCloseTo(2, 6);
    expect(stats.dcOffset).toBeCloseTo(0.05, 3);
    expect(stats.peakDbfs).toBeCloseTo(20 * Math.log10(0.15), 1);
    expect(stats.rmsDbfs).toBeCloseTo(10 * Math.log10(0.005 + 0.0025), 1);
    expect(Math.abs(stats.loudnessLufs + 23)).toBeLessThan(0.2);
    expect(stats.clippedRatio).toBe(0);
  });

  it('measures the share of samples at full scale', () => {
    const chain = new NormalizationChain(live);
    chain.push({ samples: Float32Array.of(1, -1, 0.5, 0), sampleRate: 16_000, channels: 1 });
    expect(chain.stats().clippedRatio).toBe(0.5);
  });
});
