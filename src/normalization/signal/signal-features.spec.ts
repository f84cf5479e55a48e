import { expect, it } from 'vitest';
import { noise, tone } from '../../../test/support/tone.js';
import { LoudnessMeter } from '../loudness-meter.js';
import { NormalizationChain } from '../audio-normalizer.js';
import { FrameQueue } from './frame-queue.js';
import { frameSamples } from './signal-frames.js';
import type { SignalFeatures } from './utterance-signal.js';

const rate = 16_000;

/** Features of one utterance; windows whose samples are not all zero in `speech` have speech. */
function featuresOf(samples: Float32Array, speech = samples, pieceSamples = samples.length): SignalFeatures {
  const options = { channel: 'mix', targetLufs: -23, toleranceLu: 2, maxGainDb: 30, mode: 'live' } as const;
  const chain = new NormalizationChain(options);
  const queue = new FrameQueue(Infinity);
  for (let at = 0; at < samples.length; at += pieceSamples) {
    chain.push({ samples: samples.subarray(at, at + pieceSamples), sampleRate: rate, channels: 1 });
    queue.append(chain.takeRows());
  }
  chain.flush();
  queue.append(chain.takeRows());
  for (let at = 0; at < samples.length; at += frameSamples) {
    const hasSpeech = speech.subarray(at, at + frameSamples).some((sample) => sample !== 0);
    queue.answerWindow(at + frameSamples, hasSpeech ? 0.9 : 0.1);
  }
  return queue.endUtterance();
}

/** Half a second of silence, two of a sound, a second of silence. */
function withSilence(sound: Float32Array): Float32Array {
  const all = new Float32Array(3.584 * rate);
  all.set(sound.subarray(0, 2.048 * rate), 0.512 * rate);
  return all;
}

it('measures levels, silence and the share of speech', () => {
  const features = featuresOf(withSilence(tone(1_000, rate, 3, 0.5)));
  expect(features.durationSeconds).toBeCloseTo(3.584, 6);
  expect(features.activeLevelDbfs).toBeCloseTo(20 * Math.log10(0.5 / Math.SQRT2), 1);
  expect(features.peakDbfs).toBeCloseTo(20 * Math.log10(0.5), 1);
  expect([features.leadingSilenceMs, features.trailingSilenceMs]).toEqual([512, 1_024]);
  expect(features.speechShare).toBeCloseTo(2.048 / 3.584, 6);
  expect(features.clippedShare).toBe(0);
  expect(features.snrDb).toBe(100);
});

it('measures clipping and the offset before it is removed', () => {
  const clipped = tone(300, rate, 2, 4).map((sample) => Math.max(-1, Math.min(1, sample)));
  expect(featuresOf(clipped).clippedShare).toBeGreaterThan(0.7);
  const { dcOffset } = featuresOf(tone(300, rate, 2, 0.1).map((sample) => sample + 0.05));
  expect(dcOffset).toBeCloseTo(0.05, 3);
});

it.each([30, 10, 0])('measures a signal-to-noise ratio of %d dB by voice activity', (snrDb) => {
  const speech = withSilence(tone(700, rate, 3, 0.2));
  const amplitude = (0.2 / Math.SQRT2) * 10 ** (-snrDb / 20) * Math.sqrt(3);
  const grain = noise(speech.length);
  const mixed = speech.map((sample, at) => sample + amplitude * grain[at]!);
  expect(featuresOf(mixed, speech).snrDb).toBeCloseTo(snrDb, 0);
});

it('takes the loudness as the meter of BS.1770 does', () => {
  const sound = tone(440, rate, 8, 0.3).map((sample, at) => sample * (at % 48_000 < 24_000 ? 1 : 0.05));
  const meter = new LoudnessMeter(rate);
  meter.push(sound);
  expect(featuresOf(sound).loudnessLufs).toBeCloseTo(meter.integratedLufs(), 0);
});

it('finds the frequency below which 99 % of the energy is', () => {
  expect(featuresOf(tone(3_000, rate, 2, 0.3)).bandwidthHz).toBeGreaterThan(2_750);
  expect(featuresOf(tone(3_000, rate, 2, 0.3)).bandwidthHz).toBeLessThan(3_300);
  expect(featuresOf(noise(2 * rate)).bandwidthHz).toBeGreaterThan(7_700);
});

it('gives the same numbers however the audio is cut', () => {
  const sound = withSilence(noise(3 * rate).map((sample) => 0.3 * sample));
  expect(featuresOf(sound, sound, 777)).toEqual(featuresOf(sound));
  expect(featuresOf(sound, sound, 1)).toEqual(featuresOf(sound));
});

it('has no level and no ratio without speech, and none of digital silence', () => {
  const silence = featuresOf(new Float32Array(rate));
  expect(silence).toMatchObject({ speechShare: 0, leadingSilenceMs: 1_000, trailingSilenceMs: 1_000 });
  const { activeLevelDbfs, snrDb, wadaSnrDb, loudnessLufs, peakDbfs, bandwidthHz } = silence;
  for (const feature of [activeLevelDbfs, snrDb, wadaSnrDb, loudnessLufs, peakDbfs, bandwidthHz]) {
    expect(feature).toBeUndefined();
  }
});
