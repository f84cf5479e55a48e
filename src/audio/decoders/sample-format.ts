import { checkChannels, checkG722, checkSampleRate } from '../audio-limits.js';
import type { AudioEncoding, DeclaredFormat, RawEncoding } from '../audio.types.js';
import { createG722Codec } from './g722.codec.js';
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
export function createDeclaredFormat({ encoding, sampleRate, channels }: DeclaredFormat): SampleFormat {
  return encoding === 'g722'
    ? createG722Format(sampleRate, channels)
    : createPcmFormat(encoding, sampleRate, channels);
}

/** @throws SpeechError AUDIO_INVALID_RATE, AUDIO_INVALID_CHANNELS */
export function createPcmFormat(encoding: RawEncoding, sampleRate: number, channels: number): SampleFormat {
  checkChannels(channels);
  checkSampleRate(sampleRate);
  return { encoding, sampleRate, channels, codec: createPcmCodec(encoding, channels) };
}

/** @throws SpeechError AUDIO_INVALID_RATE, AUDIO_INVALID_CHANNELS */
export function createG722Format(sampleRate: number, channels: number): SampleFormat {
  checkG722(sampleRate, channels);
  return { encoding: 'g722', sampleRate, channels, codec: createG722Codec() };
}
