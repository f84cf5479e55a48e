import { describe, expect, it } from 'vitest';
import { SpeechError } from '../common/errors/speech-error.js';
import { ChannelMix } from './channel-mix.js';

const sampleRate = 16_000;
const seconds = 2;
const voice = Float32Array.from(
  { length: seconds * sampleRate },
  (_, at) => 0.3 * Math.sin(at / 9) * Math.sin(at / 1_700) + 0.1 * Math.sin(at / 3.1),
);

/** @param channelSamples for each channel, its sample for a sample of the voice */
function mixed(
  channelSamples: readonly ((sample: number, at: number) => number)[],
  pieceFrames = 1_000,
): Float32Array {
  const channels = channelSamples.length;
  const samples = new Float32Array(voice.length * channels);
  for (const [at, sample] of voice.entries()) {
    for (const [c, channelSample] of channelSamples.entries()) {
      samples[at * channels + c] = channelSample(sample, at);
    }
  }
  const mix = new ChannelMix('mix');
  const mono = new Float32Array(voice.length);
  for (let at = 0; at < voice.length; at += pieceFrames) {
    const piece = samples.subarray(at * channels, (at + pieceFrames) * channels);
    mono.set(mix.push({ samples: piece, sampleRate, channels }), at);
  }
  return mono;
}

const same = (sample: number): number => sample;
const opposite = (sample: number): number => -sample;
const energyOf = (samples: Float32Array): number => samples.reduce((sum, sample) => sum + sample ** 2, 0);

describe('ChannelMix', () => {
  it('returns the mean of all channels, or the selected one', () => {
    const chunk = { samples: Float32Array.of(0, 0, 1, 1, 0, 1), sampleRate, channels: 3 };
    expect([...new ChannelMix('mix').push(chunk)]).toEqual([Math.fround(1 / 3), Math.fround(2 / 3)]);
    expect([...new ChannelMix(2).push(chunk)]).toEqual([1, 1]);
  });

  it('rejects a channel that does not exist', () => {
    const chunk = { samples: Float32Array.of(0, 0, 1), sampleRate, channels: 3 };
    for (const channel of [3, -1]) expect(() => new ChannelMix(channel).push(chunk)).toThrow(SpeechError);
  });

  it('returns exactly the mean for ordinary stereo', () => {
    const quieter = (sample: number): number => 0.4 * sample;
    const noise = (_: number, at: number): number => 0.2 * Math.sin(at * at);
    for (const second of [same, quieter, noise, () => 0]) {
      const mean = Float32Array.from(voice, (sample, at) => (sample + Math.fround(second(sample, at))) / 2);
      expect(mixed([same, second])).toEqual(mean);
    }
  });

  it.each<[string, (sample: number, at: number) => number]>([
    ['exactly', opposite],
    ['except for half a decibel', (sample) => -0.94 * sample],
    ['except for a common offset', (sample) => -sample + 0.2],
  ])('selects the loudest channel where channels of opposite polarity cancel, %s', (title, second) => {
    const offset = title.includes('offset') ? 0.2 : 0;
    const mono = mixed([(sample) => sample + offset, second]);
    const clean = mono.map((sample) => sample - offset);
    expect(energyOf(clean) / energyOf(voice)).toBeGreaterThan(0.95);
  });

  it('returns the same samples however the audio is cut', () => {
    expect(mixed([same, opposite], 37)).toEqual(mixed([same, opposite], 16_000));
  });

  it('changes between a channel and the mean without a step', () => {
    const half = voice.length / 2;
    const mono = mixed([same, (sample, at) => (at < half ? -sample : sample)]);
    const largest = (samples: Float32Array): number => {
      let step = 0;
      for (let at = 1; at < samples.length; at++)
        step = Math.max(step, Math.abs(samples[at]! - samples[at - 1]!));
      return step;
    };
    expect(largest(mono)).toBeLessThan(1.2 * largest(voice));
  });
});
