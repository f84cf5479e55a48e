import { describe, expect, it } from 'vitest';
import { tone } from '../../test/support/tone.js';
import type { PcmChunk } from '../audio/audio.types.js';
import { joinSamples } from '../audio/join-samples.js';
import { NormalizationChain } from './audio-normalizer.js';
import { LiveChains } from './live-chains.js';

const options = { targetLufs: -23, toleranceLu: 0, maxGainDb: 0 } as const;

function chunk(sampleRate: number, channels: number, seconds: number): PcmChunk {
  const mono = tone(440, sampleRate, seconds);
  const samples = Float32Array.from(
    { length: mono.length * channels },
    (_, at) => mono[Math.floor(at / channels)]!,
  );
  return { samples, sampleRate, channels };
}

describe('audio that changes its format', () => {
  it.each(['recording', 'live'] as const)('is normalized without a gap or a click (%s)', (mode) => {
    const chain = new NormalizationChain({ ...options, channel: 'mix', mode });
    const parts = [
      chunk(16_000, 1, 1),
      chunk(44_100, 2, 1),
      chunk(8_000, 1, 1),
      chunk(8_000, 6, 1),
      chunk(16_000, 1, 1),
    ];
    const blocks = [...parts.map((part) => chain.push(part)), chain.flush()];
    const samples = joinSamples(blocks);
    expect(samples).toHaveLength(5 * 16_000);
    // A tone of whole periods a second goes on where it was: no step is larger than its own.
    const step = 2 * Math.PI * (440 / 16_000) * Math.max(...samples);
    const steps = samples.map((sample, at) => Math.abs(sample - (samples[at - 1] ?? 0)));
    expect(Math.max(...steps.subarray(100, -100))).toBeLessThan(1.15 * step);
  });

  it('is refused by a name where each channel is an output, or one was chosen that is not there', () => {
    const chains = new LiveChains({ ...options, channels: 'each' });
    expect(chains.push(chunk(16_000, 2, 0.1))).toHaveLength(2);
    for (const channels of [1, 3]) {
      expect(() => chains.push(chunk(16_000, channels, 0.1))).toThrow(
        expect.objectContaining({ code: 'AUDIO_INVALID_CHANNELS' }) as Error,
      );
    }
    const second = new NormalizationChain({ ...options, channel: 1, mode: 'live' });
    second.push(chunk(16_000, 2, 0.1));
    expect(() => second.push(chunk(16_000, 1, 0.1))).toThrow(/Channel 1 was requested/);
  });

  it('is refused where it changes all the time, since each change costs a filter', () => {
    const chain = new NormalizationChain({ ...options, channel: 'mix', mode: 'recording' });
    const pushMany = (): void => {
      for (let rate = 8_000; rate < 9_000; rate++) chain.push(chunk(rate, 1, 0.01));
    };
    const begin = performance.now();
    expect(pushMany).toThrow(expect.objectContaining({ code: 'AUDIO_CORRUPT' }) as Error);
    expect(performance.now() - begin).toBeLessThan(10_000);
    const patient = new NormalizationChain({ ...options, channel: 'mix', mode: 'recording' });
    for (let song = 0; song < 20; song++) patient.push(chunk(song % 2 ? 8_000 : 16_000, 1, 11));
    expect(patient.stats().durationSeconds).toBeCloseTo(220, 0);
  });
});
