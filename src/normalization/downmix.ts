import type { PcmChunk } from '../audio/audio.types.js';
import { SpeechError } from '../common/errors/speech-error.js';
import type { ChannelChoice } from './normalization.types.js';

/**
 * One channel from several: the mean of all (it cannot clip) or the one chosen. Mono is handed back as it is, not
 * copied.
 *
 * @returns shape (frames)
 * @throws SpeechError AUDIO_INVALID_CHANNELS if the chosen channel is not there
 */
export function downmix({ samples, channels }: PcmChunk, channel: ChannelChoice): Float32Array {
  if (channel !== 'mix' && !(channel >= 0 && channel < channels)) {
    throw new SpeechError(
      'AUDIO_INVALID_CHANNELS',
      `Channel ${channel} was asked for, but the audio has ${channels} (counted from 0).`,
    );
  }
  if (channels === 1) return samples;
  const mono = new Float32Array(samples.length / channels);
  if (channel !== 'mix') {
    for (let i = 0, from = channel; i < mono.length; i += 1, from += channels) mono[i] = samples[from]!;
    return mono;
  }
  for (let i = 0, from = 0; i < mono.length; i += 1) {
    let sum = 0;
    for (let c = 0; c < channels; c += 1, from += 1) sum += samples[from]!;
    mono[i] = sum / channels;
  }
  return mono;
}
