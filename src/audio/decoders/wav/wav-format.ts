import { SpeechError } from '../../../common/errors/speech-error.js';
import { checkChannels, checkSampleRate } from '../../audio-limits.js';
import type { AudioEncoding, RawEncoding } from '../../audio.types.js';
import { createImaAdpcmCodec } from '../ima-adpcm.codec.js';
import { createMsAdpcmCodec } from '../ms-adpcm.codec.js';
import { createPcmCodec } from '../pcm.codec.js';
import type { SampleCodec } from '../sample-codec.js';

/** The validated content of a `fmt ` chunk. */
export interface WavFormat {
  readonly encoding: AudioEncoding;
  readonly sampleRate: number;
  readonly channels: number;
  readonly codec: SampleCodec;
}

const extensible = 0xfffe;
/** The last 14 bytes of a GUID that wraps a format tag: {0000xxxx-0000-0010-8000-00AA00389B71}. */
const tagGuidTail = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];

const pcmByBits: Record<number, RawEncoding> = {
  8: 'linear8',
  16: 'linear16',
  24: 'linear24',
  32: 'linear32',
};
const floatByBits: Record<number, RawEncoding> = { 32: 'float32', 64: 'float64' };

/** Codecs that occur in WAV files and are not decoded, by format tag. */
const foreignCodecs: Record<number, string> = {
  0x10: 'OKI ADPCM',
  0x14: 'G.723 ADPCM',
  0x31: 'GSM 6.10',
  0x40: 'G.721 ADPCM',
  0x45: 'G.726 ADPCM',
  0x50: 'MPEG audio',
  0x55: 'MP3',
  0x64: 'G.726 ADPCM',
  0x65: 'G.722 ADPCM',
  0xff: 'AAC',
  0x160: 'Windows Media Audio',
  0x161: 'Windows Media Audio',
  0x162: 'Windows Media Audio',
  0x1610: 'AAC',
  0x2000: 'AC-3',
  0xa109: 'Speex',
  0xf1ac: 'FLAC',
};

function corrupt(message: string): SpeechError {
  return new SpeechError('AUDIO_CORRUPT', message);
}

function foreign(tag: number): SpeechError {
  const name = foreignCodecs[tag] ?? `the codec 0x${tag.toString(16).padStart(4, '0')}`;
  return new SpeechError(
    'AUDIO_UNSUPPORTED_FORMAT',
    `The WAV file contains ${name}. Accepted are PCM of 8, 16, 24 and 32 bits, float, mu-law, A-law, IMA ADPCM and Microsoft ADPCM.`,
  );
}

/** In EXTENSIBLE a GUID identifies the encoding; the number of bits alone does not distinguish float from integers. */
function resolveTag(view: DataView): number {
  const tag = view.getUint16(0, true);
  if (tag !== extensible) return tag;
  if (view.byteLength < 40)
    throw corrupt('The WAV header is EXTENSIBLE, but too short to hold the encoding.');
  if (tagGuidTail.some((byte, i) => view.getUint8(26 + i) !== byte)) throw foreign(extensible);
  return view.getUint16(24, true);
}

/** Pairs of predictor taps; undefined if the header has no complete table. */
function msCoefficients(view: DataView): Int16Array | undefined {
  const pairs = view.byteLength >= 22 ? view.getUint16(20, true) : 0;
  if (pairs === 0 || 22 + 4 * pairs > view.byteLength) return undefined;
  return Int16Array.from({ length: 2 * pairs }, (_, i) => view.getInt16(22 + 2 * i, true));
}

/**
 * @param body the body of a `fmt ` chunk, at least 16 bytes
 * @throws SpeechError AUDIO_UNSUPPORTED_FORMAT, AUDIO_INVALID_CHANNELS, AUDIO_INVALID_RATE, AUDIO_CORRUPT
 */
export function parseWavFormat(body: Uint8Array): WavFormat {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const tag = resolveTag(view);
  const channels = view.getUint16(2, true);
  const sampleRate = view.getUint32(4, true);
  const blockBytes = view.getUint16(12, true);
  const bits = view.getUint16(14, true);

  function pcm(encoding: RawEncoding | undefined): WavFormat {
    if (encoding === undefined) throw corrupt(`The WAV header claims samples of ${bits} bits.`);
    // The block size is ignored, because some recorders write a wrong one; bits and channels are enough for PCM.
    return { encoding, sampleRate, channels, codec: createPcmCodec(encoding, channels) };
  }
  function adpcm(encoding: AudioEncoding, create: () => SampleCodec): WavFormat {
    if (bits !== 4) throw corrupt(`The WAV header claims ADPCM samples of ${bits} bits.`);
    return { encoding, sampleRate, channels, codec: create() };
  }

  const known = [0x01, 0x02, 0x03, 0x06, 0x07, 0x11].includes(tag);
  if (!known) throw foreign(tag);
  checkChannels(channels);
  checkSampleRate(sampleRate);
  switch (tag) {
    case 0x01:
      // Only the block size distinguishes 24 bits in the upper part of 4 bytes.
      return pcm(bits === 24 && blockBytes === 4 * channels ? 'linear32' : pcmByBits[bits]);
    case 0x03:
      return pcm(floatByBits[bits]);
    case 0x06:
      return pcm(bits === 8 ? 'alaw' : undefined);
    case 0x07:
      return pcm(bits === 8 ? 'mulaw' : undefined);
    case 0x02:
      return adpcm('ms-adpcm', () => createMsAdpcmCodec(channels, blockBytes, msCoefficients(view)));
    default:
      return adpcm('ima-adpcm', () => createImaAdpcmCodec(channels, blockBytes));
  }
}
