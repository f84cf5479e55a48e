import type { RawEncoding } from '../../audio.types.js';
import { createG722Format, createPcmFormat } from '../sample-format.js';
import type { SampleFormat } from '../sample-format.js';
import { claimedOrEndless, corrupt, skip, take, unsupported } from './header-reading.js';
import type { HeaderReading } from './header-reading.js';

/** By the number in the header. */
const encodings: Readonly<Record<number, RawEncoding>> = {
  1: 'mulaw',
  2: 'signed8',
  3: 'linear16be',
  4: 'linear24be',
  5: 'linear32be',
  6: 'float32be',
  7: 'float64be',
  27: 'alaw',
};

/** Encodings that are not decoded. */
const foreignCodecs: Readonly<Record<number, string>> = {
  23: 'G.721 ADPCM',
  25: 'G.723 ADPCM of 3 bits',
  26: 'G.723 ADPCM of 5 bits',
};

const g722 = 24;
const headerBytes = 24;
const unknownSize = 0xffff_ffff;

/** Reads Sun's and NeXT's AU up to the first sample: six numbers, then an annotation of any length. */
export function* readAuHeader(): HeaderReading {
  const header = yield* take(headerBytes);
  const offset = header.getUint32(4);
  const size = header.getUint32(8);
  const number = header.getUint32(12);
  if (offset < headerBytes)
    throw corrupt(`The samples of the AU file begin within its header, at byte ${offset}.`);
  const format = formatOf(number, header.getUint32(16), header.getUint32(20));
  yield* skip(offset - headerBytes);
  return { format, claimedBytes: size === unknownSize ? Infinity : claimedOrEndless(size) };
}

function formatOf(number: number, sampleRate: number, channels: number): SampleFormat {
  if (number === g722) return createG722Format(sampleRate, channels);
  const encoding = encodings[number];
  if (encoding === undefined) throw unsupported('AU', foreignCodecs[number] ?? `the encoding ${number}`);
  return createPcmFormat(encoding, sampleRate, channels);
}
