import type { RawEncoding } from '../../audio.types.js';
import { createPcmFormat } from '../sample-format.js';
import type { SampleFormat } from '../sample-format.js';
import { claimedOrEndless, corrupt, maxChunks, nameAt, skip, take, unsupported } from './header-reading.js';
import type { HeaderReading, Trailer } from './header-reading.js';

// Apple, "Core Audio Format Specification 1.0".

const isFloatFlag = 1;
const isLittleEndianFlag = 2;

/** By the number of bytes of a sample. */
const integers: Readonly<Record<number, readonly [big: RawEncoding, little: RawEncoding]>> = {
  1: ['signed8', 'signed8'],
  2: ['linear16be', 'linear16'],
  3: ['linear24be', 'linear24'],
  4: ['linear32be', 'linear32'],
};
const floats: typeof integers = { 4: ['float32be', 'float32'], 8: ['float64be', 'float64'] };

/** Codecs that occur in CAF files and are not decoded. */
const foreignCodecs: Readonly<Record<string, string>> = {
  alac: 'ALAC',
  'aac ': 'AAC',
  aach: 'HE-AAC',
  aacp: 'HE-AAC v2',
  aacl: 'AAC-LD',
  aace: 'AAC-ELD',
  ima4: 'IMA ADPCM',
  opus: 'Opus',
  flac: 'FLAC',
  '.mp1': 'MPEG layer 1',
  '.mp2': 'MPEG layer 2',
  '.mp3': 'MP3',
  MAC3: 'MACE 3:1',
  MAC6: 'MACE 6:1',
  QDMC: 'QDesign Music',
  QDM2: 'QDesign Music 2',
  samr: 'AMR',
  sawb: 'AMR-WB',
  ilbc: 'iLBC',
  'ac-3': 'AC-3',
};

/** Chunks that occur after the samples. */
const trailingChunks: ReadonlySet<string> = new Set([
  ...[
    'chan',
    'info',
    'free',
    'uuid',
    'strg',
    'mark',
    'regn',
    'umid',
    'ovvw',
    'peak',
    'inst',
    'midi',
    'edct',
    'pakt',
  ],
]);
const trailer: Trailer = {
  padding: 0,
  nameBytes: 4,
  isName: (bytes) => trailingChunks.has(String.fromCharCode(...bytes)),
};

const descriptionBytes = 32;
/** The samples follow a count of edits in the same chunk. */
const editCountBytes = 4;

/** Reads Apple's CAF up to the first sample. */
export function* readCafHeader(): HeaderReading {
  yield* take(8);
  let format: SampleFormat | undefined;
  for (let chunk = 0; chunk < maxChunks; chunk++) {
    const head = yield* take(12);
    const name = nameAt(head, 0);
    const size = Number(head.getBigInt64(4));
    if (name === 'data') {
      if (format === undefined) throw corrupt('The CAF file has its samples before its desc chunk.');
      yield* take(editCountBytes);
      // -1 stands for a recording that was not finished.
      return { format, claimedBytes: claimedOrEndless(size - editCountBytes), trailer };
    }
    if (size < 0) throw corrupt('A chunk of the CAF file has a negative size.');
    if (name === 'desc' && format === undefined) {
      if (size < descriptionBytes)
        throw corrupt(`The desc chunk of the CAF file has ${size} bytes. It must have 32.`);
      format = formatOf(yield* take(descriptionBytes));
      yield* skip(size - descriptionBytes);
    } else {
      yield* skip(size);
    }
  }
  throw corrupt(`The CAF file has more than ${maxChunks} chunks before its samples.`);
}

function formatOf(description: DataView): SampleFormat {
  const sampleRate = Math.round(description.getFloat64(0));
  return createPcmFormat(encodingOf(description), sampleRate, description.getUint32(24));
}

function encodingOf(description: DataView): RawEncoding {
  const name = nameAt(description, 8);
  if (name === 'ulaw') return 'mulaw';
  if (name === 'alaw') return 'alaw';
  if (name !== 'lpcm') throw unsupported('CAF', foreignCodecs[name] ?? 'a codec that is not known');
  const flags = description.getUint32(12);
  const bytesPerPacket = description.getUint32(16);
  const channels = description.getUint32(24);
  const bits = description.getUint32(28);
  const bytes = bytesPerPacket / Math.max(1, channels);
  const orders = (flags & isFloatFlag ? floats : integers)[bytes];
  // Samples of other numbers of bits may be anywhere in their bytes.
  if (orders === undefined || bits !== 8 * bytes)
    throw corrupt(`The CAF header claims samples of ${bits} bits in packets of ${bytesPerPacket} bytes.`);
  return orders[flags & isLittleEndianFlag ? 1 : 0];
}
