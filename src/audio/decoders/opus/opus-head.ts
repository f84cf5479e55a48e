import { SpeechError } from '../../../common/errors/speech-error.js';
import { checkChannels } from '../../audio-limits.js';

/** The header of an Opus stream (RFC 7845, section 5.1): the same in Ogg and in WebM. */
export interface OpusHead {
  readonly channels: number;
  /** Samples at 48 kHz that are decoded and discarded at the beginning. */
  readonly preSkipSamples: number;
  readonly gainDb: number;
  readonly streamCount: number;
  readonly coupledStreamCount: number;
  /** The decoded channel of each channel; 255 is silence. */
  readonly channelMapping: readonly number[];
}

/** Opus is always decoded at this rate; the rate in the header is that before encoding. */
export const opusRateHz = 48_000;

const magic = 'OpusHead';

export function isOpusHead(bytes: Uint8Array): boolean {
  return bytes.length >= magic.length && [...magic].every((char, at) => bytes[at] === char.charCodeAt(0));
}

/** @throws SpeechError AUDIO_CORRUPT, AUDIO_INVALID_CHANNELS, AUDIO_UNSUPPORTED_FORMAT */
export function readOpusHead(bytes: Uint8Array): OpusHead {
  if (!isOpusHead(bytes) || bytes.length < 19) throw corrupt('The header of the Opus stream is cut short.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const version = view.getUint8(8);
  if (version > 15) {
    throw new SpeechError('AUDIO_UNSUPPORTED_FORMAT', `Version ${version} of Opus is not decoded.`);
  }
  const channels = view.getUint8(9);
  checkChannels(channels);
  const preSkipSamples = view.getUint16(10, true);
  const gainDb = view.getInt16(16, true) / 256;
  const family = view.getUint8(18);
  if (family === 0) return { ...familyZero(channels), preSkipSamples, gainDb };
  if (family !== 1) {
    throw new SpeechError(
      'AUDIO_UNSUPPORTED_FORMAT',
      `Opus with channel mapping family ${family} is not decoded; with family 0 or 1 it is.`,
    );
  }
  if (bytes.length < 21 + channels) throw corrupt('The header of the Opus stream is cut short.');
  const streamCount = view.getUint8(19);
  const coupledStreamCount = view.getUint8(20);
  const channelMapping = Array.from(bytes.subarray(21, 21 + channels));
  const decoded = streamCount + coupledStreamCount;
  const isPossible =
    streamCount > 0 &&
    coupledStreamCount <= streamCount &&
    decoded <= 2 * channels &&
    channelMapping.every((index) => index < decoded || index === 255);
  if (!isPossible) throw corrupt('The channel mapping in the header of the Opus stream is impossible.');
  return { channels, preSkipSamples, gainDb, streamCount, coupledStreamCount, channelMapping };
}

/** The header that a stream without one has. */
export function opusHeadFor(channels: number, preSkipSamples: number): OpusHead {
  checkChannels(channels);
  return { ...familyZero(channels), preSkipSamples, gainDb: 0 };
}

/** @throws SpeechError AUDIO_CORRUPT */
function familyZero(channels: number): Omit<OpusHead, 'preSkipSamples' | 'gainDb'> {
  if (channels > 2) throw corrupt(`The Opus stream has ${channels} channels without a mapping of them.`);
  return {
    channels,
    streamCount: 1,
    coupledStreamCount: channels - 1,
    channelMapping: channels === 2 ? [0, 1] : [0],
  };
}

function corrupt(message: string): SpeechError {
  return new SpeechError('AUDIO_CORRUPT', message);
}
