import { checkChannels, checkSampleRate } from '../audio-limits.js';
import type { AudioEncoding, RawEncoding } from '../audio.types.js';
import { createPcmCodec } from './pcm.codec.js';
import type { SampleCodec } from './sample-codec.js';

/** The validated format of the samples in a container. */
export interface SampleFormat {
  readonly encoding: AudioEncoding;
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
  readonly codec: SampleCodec;
}

/** @throws SpeechError AUDIO_INVALID_RATE, AUDIO_INVALID_CHANNELS */
export function createPcmFormat(encoding: RawEncoding, sampleRate: number, channels: number): SampleFormat {
  checkChannels(channels);
  checkSampleRate(sampleRate);
  return { encoding, sampleRate, channels, codec: createPcmCodec(encoding, channels) };
}
