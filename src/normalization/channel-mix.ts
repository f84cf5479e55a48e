import type { PcmChunk } from '../audio/audio.types.js';
import { SpeechError } from '../common/errors/speech-error.js';
import type { ChannelChoice } from './normalization.types.js';

/** The choice is made anew for each block, and a change fades over one. */
const blockSeconds = 0.01;
/** How slowly the levels follow. */
const smoothingSeconds = 0.2;
/** Channels cancel where the mean of all has this share of the loudest one's energy: 20 dB below it. */
const cancelledBelow = 0.01;
/** They do not any more from 14 dB below it on. */
const soundFrom = 0.04;
/** Another channel is taken where it has so many times the energy. */
const clearlyLouder = 4;

/** The mean of all channels. */
const mean = -1;

/**
 * Makes one channel of several: the one that is chosen, or the mean of all. Where the channels cancel each other, as they
 * do with a reversed wire or a balanced line in a stereo socket, it gives the loudest channel instead of their mean.
 * Mono is handed back as it is, not copied. One for each input: it knows what came before.
 */
export class ChannelMix {
  private heard = mean;
  private before = mean;
  /** Of each channel, and of the mean: the last sample, energy in this block, energy lately. */
  private last = new Float64Array(0);
  private energy = new Float64Array(0);
  private lately = new Float64Array(0);
  private frameInBlock = 0;

  constructor(private readonly channel: ChannelChoice) {}

  /**
   * @returns shape (frames)
   * @throws SpeechError AUDIO_INVALID_CHANNELS if the chosen channel is not there
   */
  push(chunk: PcmChunk): Float32Array {
    const { samples, channels } = chunk;
    const { channel } = this;
    if (channel !== 'mix' && !(channel >= 0 && channel < channels)) {
      throw new SpeechError(
        'AUDIO_INVALID_CHANNELS',
        `Channel ${channel} was asked for, but the audio has ${channels} (counted from 0).`,
      );
    }
    if (channels === 1) return samples;
    const mono = new Float32Array(samples.length / channels);
    if (channel === 'mix') this.mix(chunk, mono);
    else for (let i = 0, from = channel; i < mono.length; i += 1, from += channels) mono[i] = samples[from]!;
    return mono;
  }

  private mix({ samples, channels, sampleRate }: PcmChunk, mono: Float32Array): void {
    if (mono.length === 0) return;
    if (this.last.length === 0) {
      this.last = new Float64Array(channels + 1);
      this.energy = new Float64Array(channels + 1);
      this.lately = new Float64Array(channels + 1);
      this.last.set(samples.subarray(0, channels));
      this.last[channels] = samples.subarray(0, channels).reduce((sum, sample) => sum + sample, 0) / channels;
    }
    const { last, energy } = this;
    const blockFrames = Math.round(sampleRate * blockSeconds);
    for (let i = 0, from = 0; i < mono.length; i += 1, from += channels) {
      let sum = 0;
      for (let c = 0; c < channels; c += 1) {
        const sample = samples[from + c]!;
        sum += sample;
        // Of the differences between samples: an offset or a hum that the channels share is no speech.
        energy[c]! += (sample - last[c]!) ** 2;
        last[c] = sample;
      }
      const all = sum / channels;
      energy[channels]! += (all - last[channels]!) ** 2;
      last[channels] = all;
      const now = this.heard === mean ? all : samples[from + this.heard]!;
      if (this.before === this.heard) mono[i] = now;
      else {
        const earlier = this.before === mean ? all : samples[from + this.before]!;
        mono[i] = earlier + ((now - earlier) * (this.frameInBlock + 1)) / blockFrames;
      }
      this.frameInBlock += 1;
      if (this.frameInBlock === blockFrames) this.choose(channels);
    }
  }

  private choose(channels: number): void {
    const { energy, lately } = this;
    const kept = 1 - blockSeconds / smoothingSeconds;
    let loudest = 0;
    for (let c = 0; c <= channels; c += 1) {
      lately[c] = lately[c]! * kept + energy[c]!;
      energy[c] = 0;
      if (c < channels && lately[c]! > lately[loudest]!) loudest = c;
    }
    this.frameInBlock = 0;
    this.before = this.heard;
    const share = lately[channels]! / lately[loudest]!;
    if (this.heard === mean) {
      if (share < cancelledBelow) this.heard = loudest;
    } else if (share >= soundFrom) this.heard = mean;
    else if (lately[loudest]! > clearlyLouder * lately[this.heard]!) this.heard = loudest;
  }
}
