import { SpeechError } from '../common/errors/speech-error.js';

const minSampleRateHz = 8_000;
const maxSampleRateHz = 192_000;
const maxChannels = 8;

/**
 * @param param the request field, for the error
 * @throws SpeechError AUDIO_INVALID_RATE
 */
export function checkSampleRate(sampleRate: number, param?: string): void {
  if (Number.isInteger(sampleRate) && sampleRate >= minSampleRateHz && sampleRate <= maxSampleRateHz) return;
  throw new SpeechError(
    'AUDIO_INVALID_RATE',
    `The sample rate is ${sampleRate} Hz. It must be from ${minSampleRateHz} to ${maxSampleRateHz} Hz.`,
    param === undefined ? {} : { param },
  );
}

/**
 * @param param the request field, for the error
 * @throws SpeechError AUDIO_INVALID_CHANNELS
 */
export function checkChannels(channels: number, param?: string): void {
  if (Number.isInteger(channels) && channels >= 1 && channels <= maxChannels) return;
  throw new SpeechError(
    'AUDIO_INVALID_CHANNELS',
    `The audio has ${channels} channels. It must have from 1 to ${maxChannels}.`,
    param === undefined ? {} : { param },
  );
}

/**
 * Checks what G.722 cannot be otherwise.
 * @param params the request fields, for the error
 * @throws SpeechError AUDIO_INVALID_RATE, AUDIO_INVALID_CHANNELS
 */
export function checkG722(
  sampleRate: number,
  channels: number,
  params?: { readonly sampleRate: string; readonly channels: string },
): void {
  if (sampleRate !== 16_000) {
    throw new SpeechError(
      'AUDIO_INVALID_RATE',
      `The sample rate is ${sampleRate} Hz. That of G.722 is 16000 Hz, also where RTP calls it 8000.`,
      params && { param: params.sampleRate },
    );
  }
  if (channels !== 1) {
    throw new SpeechError(
      'AUDIO_INVALID_CHANNELS',
      `The audio has ${channels} channels. G.722 has one.`,
      params && { param: params.channels },
    );
  }
}
