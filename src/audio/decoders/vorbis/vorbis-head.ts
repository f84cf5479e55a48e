import { SpeechError } from '../../../common/errors/speech-error.js';
import { checkChannels, checkSampleRate } from '../../audio-limits.js';

export interface VorbisHead {
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
}

const magic = [...'vorbis'].map((char) => char.charCodeAt(0));
const headBytes = 30;

/** Packets before the audio begin with an odd number and this name. */
export const vorbisSetupType = 5;

export function isVorbisPacket(packet: Uint8Array, type: number): boolean {
  return packet[0] === type && magic.every((byte, at) => packet[at + 1] === byte);
}

/** @throws SpeechError AUDIO_CORRUPT, AUDIO_INVALID_RATE, AUDIO_INVALID_CHANNELS */
export function readVorbisHead(packet: Uint8Array): VorbisHead {
  if (packet.length < headBytes) {
    throw new SpeechError('AUDIO_CORRUPT', 'The header of the Vorbis stream is incomplete.');
  }
  const sampleRate = new DataView(packet.buffer, packet.byteOffset).getUint32(12, true);
  const channels = packet[11]!;
  checkSampleRate(sampleRate);
  checkChannels(channels);
  return { sampleRate, channels };
}
