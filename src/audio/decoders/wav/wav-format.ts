import { SpeechError } from '../../../common/errors/speech-error.js';
import { checkChannels, checkSampleRate } from '../../audio-limits.js';
import type { AudioEncoding, RawEncoding } from '../../audio.types.js';
import { createGsmCodec } from '../gsm.codec.js';
import { createImaAdpcmCodec } from '../ima-adpcm.codec.js';
import { createMsAdpcmCodec } from '../ms-adpcm.codec.js';
import { createPcmCodec } from '../pcm.codec.js';
import type { SampleCodec } from '../sample-codec.js';
import { createG722Format } from '../sample-format.js';
import type { SampleFormat } from '../sample-format.js';

/** Longer than a `fmt ` chunk with the longest table of MS ADPCM coefficients. */
export const maxFormatBytes = 1_100;

const extensible = 0xfffe;
/** The last 8 bytes of a GUID that wraps a format tag: {0000xxxx-0000-0010-8000-00AA00389B71}. */
const tagGuidTail = [0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];

type ByBits = Readonly<Record<number, RawEncoding>>;
const pcmByBits: ByBits = { 8: 'linear8', 16: 'linear16', 24: 'linear24', 32: 'linear32' };
const floatByBits: ByBits = { 32: 'float32', 64: 'float64' };
const bigEndianPcmByBits: ByBits = { 8: 'linear8', 16: 'linear16be', 24: 'linear24be', 32: 'linear32be' };
const bigEndianFloatByBits: ByBits = { 32: 'float32be', 64: 'float64be' };

/** Codecs that occur in WAV files and are not decoded, by format tag. */
const foreignCodecs: Record<number, string> = {
  0x10: 'OKI ADPCM',
  0x14: 'G.723 ADPCM',
  0x40: 'G.721 ADPCM',
  0x45: 'G.726 ADPCM',
  0x50: 'MPEG audio',
  0x55: 'MP3',
  0x64: 'G.726 ADPCM',
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
    `The file contains ${name}. Accepted are PCM of 8, 16, 24 and 32 bits, float, mu-law, A-law, IMA ADPCM, Microsoft ADPCM, GSM 6.10 and G.722.`,
  );
}

/** In EXTENSIBLE a GUID identifies the encoding; the number of bits alone does not distinguish float from integers. */
function resolveTag(view: DataView, littleEndian: boolean): number {
  const tag = view.getUint16(0, littleEndian);
  if (tag !== extensible) return tag;
  if (view.byteLength < 40)
    throw corrupt('The WAV header is EXTENSIBLE, but too short to hold the encoding.');
  const isTagGuid =
    view.getUint16(28, littleEndian) === 0 &&
    view.getUint16(30, littleEndian) === 0x10 &&
    tagGuidTail.every((byte, i) => view.getUint8(32 + i) === byte);
  const guidTag = view.getUint32(24, littleEndian);
  if (!isTagGuid || guidTag > 0xffff) throw foreign(extensible);
  return guidTag;
}

/** Pairs of predictor taps; undefined if the header has no complete table. */
function msCoefficients(view: DataView): Int16Array | undefined {
  const pairs = view.byteLength >= 22 ? view.getUint16(20, true) : 0;
  if (pairs === 0 || 22 + 4 * pairs > view.byteLength) return undefined;
  return Int16Array.from({ length: 2 * pairs }, (_, i) => view.getInt16(22 + 2 * i, true));
}

/**
 * @param body the body of a `fmt ` chunk, at least 16 bytes
 * @param littleEndian false in RIFX
 * @throws SpeechError AUDIO_UNSUPPORTED_FORMAT, AUDIO_INVALID_CHANNELS, AUDIO_INVALID_RATE, AUDIO_CORRUPT
 */
export function parseWavFormat(body: DataView, littleEndian = true): SampleFormat {
  const tag = resolveTag(body, littleEndian);
  const channels = body.getUint16(2, littleEndian);
  const sampleRate = body.getUint32(4, littleEndian);
  const blockBytes = body.getUint16(12, littleEndian);
  const bits = body.getUint16(14, littleEndian);

  function pcm(encoding: RawEncoding | undefined): SampleFormat {
    if (encoding === undefined) throw corrupt(`The WAV header claims samples of ${bits} bits.`);
    // The block size is ignored, because some recorders write a wrong one; bits and channels are enough for PCM.
    return { encoding, sampleRate, channels, codec: createPcmCodec(encoding, channels) };
  }
  function adpcm(encoding: AudioEncoding, create: () => SampleCodec): SampleFormat {
    if (!littleEndian)
      throw new SpeechError('AUDIO_UNSUPPORTED_FORMAT', 'Big-endian WAV (RIFX) of ADPCM is not accepted.');
    if (bits !== 4) throw corrupt(`The WAV header claims ADPCM samples of ${bits} bits.`);
    return { encoding, sampleRate, channels, codec: create() };
  }

  const known = [0x01, 0x02, 0x03, 0x06, 0x07, 0x11, 0x31, 0x65, 0x28f].includes(tag);
  if (!known) throw foreign(tag);
  checkChannels(channels);
  checkSampleRate(sampleRate);
  // Only the block size distinguishes 24 bits in the upper part of 4 bytes.
  const pcmBits = bits === 24 && blockBytes === 4 * channels ? 32 : bits;
  switch (tag) {
    case 0x01:
      return pcm((littleEndian ? pcmByBits : bigEndianPcmByBits)[pcmBits]);
    case 0x03:
      return pcm((littleEndian ? floatByBits : bigEndianFloatByBits)[bits]);
    case 0x06:
      return pcm(bits === 8 ? 'alaw' : undefined);
    case 0x07:
      return pcm(bits === 8 ? 'mulaw' : undefined);
    case 0x02:
      return adpcm('ms-adpcm', () => createMsAdpcmCodec(channels, blockBytes, msCoefficients(body)));
    case 0x31:
      return { encoding: 'gsm', sampleRate, channels, codec: createGsmCodec(channels) };
    case 0x65:
    case 0x28f:
      return createG722Format(sampleRate, channels);
    default:
      return adpcm('ima-adpcm', () => createImaAdpcmCodec(channels, blockBytes));
  }
}
