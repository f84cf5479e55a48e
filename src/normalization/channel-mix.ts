import type { PcmChunk } from '../audio/audio.types.js';
import { SpeechError } from '../common/errors/speech-error.js';
import type { ChannelChoice } from './normalization.types.js';

/** The selection is made for each block, and a change is faded over one block. */
const blockSeconds = 0.01;
/** Time constant of the smoothed energies. */
const smoothingSeconds = 0.2;
/** Channels cancel if the energy of their mean is less than this share of the loudest channel's: 20 dB below it. */
const cancelledBelowShare = 0.01;
/** The mean is used again from this share on: 14 dB below the loudest channel. */
const meanFromShare = 0.04;
/** The selection moves to another channel that has this many times the energy. */
const clearlyLouder = 4;

/** Stands for the mean of all channels where an index of a channel is expected. */
const mean = -1;

/**
 * Reduces audio to one channel: the selected one, or the mean of all. If the channels cancel each other, as with a
 * reversed wire or a balanced line in a stereo socket, it uses the loudest channel instead of their mean. Mono is
 * returned without a copy. It keeps state, so each input needs its own.
 */
export class ChannelMix {
  private selected = mean;
  /** The selection in the block before. */
  private previous = mean;
  /** Last sample of each channel, then of the mean; shape (channels + 1), as the next two. */
  private last = new Float64Array(0);
  /** Energy in the current block. */
  private energy = new Float64Array(0);
  private smoothedEnergy = new Float64Array(0);
  private frameInBlock = 0;

  constructor(private readonly channel: ChannelChoice) {}

  /**
   * @returns shape (frames)
   * @throws SpeechError AUDIO_INVALID_CHANNELS if the selected channel does not exist
   */
  push(chunk: PcmChunk): Float32Array {
    const { samples, channels } = chunk;
    const { channel } = this;
    if (channel !== 'mix' && !(channel >= 0 && channel < channels)) {
      throw new SpeechError(
        'AUDIO_INVALID_CHANNELS',
        `Channel ${channel} was requested, but the audio has only ${channels}, counted from 0.`,
      );
    }
    if (channels === 1) return samples;
    const mono = new Float32Array(samples.length / channels);
    if (channel === 'mix') this.mix(chunk, mono);
    else for (let i = 0, from = channel; i < mono.length; i++, from += channels) mono[i] = samples[from]!;
    return mono;
  }

  private mix({ samples, channels, sampleRate }: PcmChunk, mono: Float32Array): void {
    if (mono.length === 0) return;
    if (this.last.length === 0) {
      this.last = new Float64Array(channels + 1);
      this.energy = new Float64Array(channels + 1);
      this.smoothedEnergy = new Float64Array(channels + 1);
      this.last.set(samples.subarray(0, channels));
      this.last[channels] = samples.subarray(0, channels).reduce((sum, sample) => sum + sample, 0) / channels;
    }
    const { last, energy } = this;
    const blockFrames = Math.round(sampleRate * blockSeconds);
    for (let i = 0, from = 0; i < mono.length; i++, from += channels) {
      let sum = 0;
      for (let c = 0; c < channels; c++) {
        const sample = samples[from + c]!;
        sum += sample;
        // The energy of the differences between samples ignores an offset or a hum that the channels share.
        energy[c]! += (sample - last[c]!) ** 2;
        last[c] = sample;
      }
      const all = sum / channels;
      energy[channels]! += (all - last[channels]!) ** 2;
      last[channels] = all;
      const now = this.selected === mean ? all : samples[from + this.selected]!;
      if (this.previous === this.selected) mono[i] = now;
      else {
        const earlier = this.previous === mean ? all : samples[from + this.previous]!;
        mono[i] = earlier + ((now - earlier) * (this.frameInBlock + 1)) / blockFrames;
      }
      this.frameInBlock++;
      if (this.frameInBlock === blockFrames) this.selectChannel(channels);
    }
  }

  private selectChannel(channels: number): void {
    const { energy, smoothedEnergy: smoothed } = this;
    const kept = 1 - blockSeconds / smoothingSeconds;
    let loudest = 0;
    for (let c = 0; c <= channels; c++) {
      smoothed[c] = smoothed[c]! * kept + energy[c]!;
      energy[c] = 0;
      if (c < channels && smoothed[c]! > smoothed[loudest]!) loudest = c;
    }
    this.frameInBlock = 0;
    this.previous = this.selected;
    const share = smoothed[channels]! / smoothed[loudest]!;
    if (this.selected === mean) {
      if (share < cancelledBelowShare) this.selected = loudest;
    } else if (share >= meanFromShare) this.selected = mean;
    else if (smoothed[loudest]! > clearlyLouder * smoothed[this.selected]!) this.selected = loudest;
  }
}
