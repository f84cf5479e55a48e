import type { RawEncoding } from '../../audio.types.js';
import { createPcmFormat } from '../sample-format.js';
import type { SampleFormat } from '../sample-format.js';
import { claimedOrEndless, corrupt, maxChunks, nameAt, skip, take, unsupported } from './header-reading.js';
import type { HeaderReading, Trailer } from './header-reading.js';

// Apple, "Audio Interchange File Format AIFF-C", draft 8/26/91, and the encodings that QuickTime added.

/** Samples of AIFF fill whole bytes from the top, so the number of bytes is enough: 12 bits are 16 with zeros. */
const bigEndian: readonly (RawEncoding | undefined)[] = [
  undefined,
  'signed8',
  'linear16be',
  'linear24be',
  'linear32be',
];
const littleEndian: readonly (RawEncoding | undefined)[] = [
  undefined,
  'signed8',
  'linear16',
  'linear24',
  'linear32',
];

const encodings: Readonly<Record<string, RawEncoding>> = {
  fl32: 'float32be',
  FL32: 'float32be',
  fl64: 'float64be',
  FL64: 'float64be',
  in24: 'linear24be',
  in32: 'linear32be',
  '42ni': 'linear24',
  '23ni': 'linear32',
  'raw ': 'linear8',
  ulaw: 'mulaw',
  ULAW: 'mulaw',
  alaw: 'alaw',
  ALAW: 'alaw',
};

/** Codecs that occur in AIFF-C files and are not decoded. */
const foreignCodecs: Readonly<Record<string, string>> = {
  ima4: 'IMA ADPCM',
  MAC3: 'MACE 3:1',
  MAC6: 'MACE 6:1',
  QDMC: 'QDesign Music',
  QDM2: 'QDesign Music 2',
  Qclp: 'Qualcomm PureVoice',
  'GSM ': 'GSM 6.10',
  agsm: 'GSM 6.10',
  G722: 'G.722',
  ADP4: 'ADPCM',
  '.mp3': 'MP3',
};

/** Chunks that occur after the samples. */
const trailingChunks: ReadonlySet<string> = new Set([
  ...['COMM', 'FVER', 'MARK', 'INST', 'COMT', 'NAME', 'AUTH', '(c) ', 'ANNO', 'MIDI', 'AESD', 'APPL', 'SAXL'],
  ...['ID3 ', 'id3 ', 'PEAK', 'CHAN', 'FLLR', 'JUNK', 'bext', 'basc', 'trns', 'cate', 'afsp', 'cue ', 'LIST'],
]);

const commonBytes = 18;
const compressedCommonBytes = 22;

/** Reads AIFF and AIFF-C up to the first sample. The size of the whole file is ignored: many writers leave 0 in it. */
export function* readAiffHeader(): HeaderReading {
  const form = yield* take(12);
  const compressed = nameAt(form, 8) === 'AIFC';
  let format: SampleFormat | undefined;
  for (let chunk = 0; chunk < maxChunks; chunk++) {
    const head = yield* take(8);
    const name = nameAt(head, 0);
    const size = head.getUint32(4);
    const padded = size + (size & 1);
    if (name === 'COMM' && format === undefined) {
      const wanted = compressed ? compressedCommonBytes : commonBytes;
      if (size < wanted)
        throw corrupt(`The COMM chunk of the AIFF file has ${size} bytes. It must have ${wanted}.`);
      format = formatOf(yield* take(wanted));
      yield* skip(padded - wanted);
    } else if (name === 'SSND') {
      if (format === undefined) throw corrupt('The AIFF file has its samples before its COMM chunk.');
      const offset = (yield* take(8)).getUint32(0);
      const claimedBytes = sampleBytesOf(size, offset);
      yield* skip(offset);
      return { format, claimedBytes, trailer: trailerAfter(claimedBytes) };
    } else {
      yield* skip(padded);
    }
  }
  throw corrupt(`The AIFF file has more than ${maxChunks} chunks before its samples.`);
}

/** @param size that of the SSND chunk, which also has eight bytes and the unused bytes before the samples */
function sampleBytesOf(size: number, offset: number): number {
  if (size <= 8 || size === 0xffff_ffff) return Infinity;
  if (offset > size - 8) throw corrupt('The samples of the AIFF file begin after the end of their chunk.');
  return claimedOrEndless(size - 8 - offset);
}

function trailerAfter(claimedBytes: number): Trailer {
  return {
    padding: claimedBytes & 1,
    nameBytes: 4,
    isName: (bytes) => trailingChunks.has(String.fromCharCode(...bytes)),
  };
}

function formatOf(common: DataView): SampleFormat {
  const channels = common.getInt16(0);
  const bits = common.getInt16(6);
  const sampleRate = Math.round(extendedAt(common, 8));
  const compression = common.byteLength > commonBytes ? nameAt(common, 18) : 'NONE';
  return createPcmFormat(encodingOf(compression, bits), sampleRate, channels);
}

function encodingOf(compression: string, bits: number): RawEncoding {
  const bytes = Math.ceil(bits / 8);
  const linear = { NONE: bigEndian, twos: bigEndian, sowt: littleEndian }[compression];
  const encoding = linear === undefined ? encodings[compression] : linear[bytes];
  if (encoding !== undefined) return encoding;
  if (linear !== undefined) throw corrupt(`The AIFF header claims samples of ${bits} bits.`);
  throw unsupported('AIFF', foreignCodecs[compression] ?? 'a codec that is not known');
}

/** An IEEE 754 number of 80 bits: sign, 15 bits of exponent, 64 of mantissa with its leading one. */
function extendedAt(view: DataView, at: number): number {
  const exponent = view.getUint16(at) & 0x7fff;
  const mantissa = view.getUint32(at + 2) * 2 ** 32 + view.getUint32(at + 6);
  const sign = view.getUint8(at) & 0x80 ? -1 : 1;
  return sign * mantissa * 2 ** (exponent - 16_383 - 63);
}
