import { SpeechError } from '../../../common/errors/speech-error.js';
import type { RawEncoding } from '../../audio.types.js';
import { createPcmFormat } from '../sample-format.js';
import { claimedOrEndless, corrupt, take, unsupported } from './header-reading.js';
import type { HeaderReading } from './header-reading.js';

/** The first two lines: `NIST_1A`, then the number of bytes of the header. */
const beginningBytes = 16;
/** Real headers have 1,024 bytes, seldom a multiple of them. */
const maxHeaderBytes = 65_536;

/** By the number of bytes of a sample; the order `10` is big-endian. */
const linear: Readonly<Record<number, readonly [big: RawEncoding, little: RawEncoding]>> = {
  1: ['signed8', 'signed8'],
  2: ['linear16be', 'linear16'],
  3: ['linear24be', 'linear24'],
  4: ['linear32be', 'linear32'],
};

/** Reads NIST's SPHERE up to the first sample: lines of `name -type value`, filled up to the size of the header. */
export function* readSphereHeader(): HeaderReading {
  const size = Number(textOf(yield* take(beginningBytes)).slice(8));
  if (!Number.isInteger(size) || size <= beginningBytes || size > maxHeaderBytes)
    throw corrupt('The second line of the SPHERE file does not give the size of its header.');
  const fields = fieldsOf(textOf(yield* take(size - beginningBytes)));
  const channels = numberOf(fields, 'channel_count', 1);
  const format = createPcmFormat(encodingOf(fields), numberOf(fields, 'sample_rate'), channels);
  const samples = numberOf(fields, 'sample_count', 0);
  return { format, claimedBytes: claimedOrEndless(samples * format.codec.blockBytes) };
}

type Fields = ReadonlyMap<string, string>;

function textOf(view: DataView): string {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('latin1');
}

function fieldsOf(text: string): Fields {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line.trimEnd() === 'end_head') break;
    const [name, type, ...value] = line.split(' ');
    if (name !== undefined && type?.startsWith('-') === true) fields.set(name, value.join(' ').trim());
  }
  return fields;
}

function numberOf(fields: Fields, name: string, missing?: number): number {
  const text = fields.get(name);
  const number = text === undefined ? missing : Number(text);
  if (number === undefined || !Number.isFinite(number))
    throw corrupt(`The SPHERE header has no valid ${name}.`);
  return number;
}

function encodingOf(fields: Fields): RawEncoding {
  const [coding = '', ...compression] = (fields.get('sample_coding') ?? 'pcm').split(',');
  if (compression.length > 0) throw compressed(compression.join(','));
  switch (coding.toLowerCase()) {
    case 'ulaw':
    case 'mu-law':
    case 'mulaw':
      return 'mulaw';
    case 'alaw':
    case 'a-law':
      return 'alaw';
    case 'pcm':
      return linearEncodingOf(fields);
    default:
      throw unsupported('SPHERE', 'a coding that is not known');
  }
}

function linearEncodingOf(fields: Fields): RawEncoding {
  const order = fields.get('sample_byte_format') ?? '01';
  if (order.startsWith('shortpack')) throw compressed(order);
  const bytes = numberOf(fields, 'sample_n_bytes', 2);
  const orders = linear[bytes];
  if (orders === undefined) throw corrupt(`The SPHERE header claims samples of ${bytes} bytes.`);
  // The lowest byte has the number 0.
  return orders[order.startsWith('0') ? 1 : 0];
}

function compressed(how: string): SpeechError {
  const name = /shorten/.test(how)
    ? 'Shorten'
    : /wavpack/.test(how)
      ? 'WavPack'
      : 'a compression that is not known';
  return new SpeechError(
    'AUDIO_UNSUPPORTED_FORMAT',
    `The SPHERE file is compressed with ${name}. Decompress it first, for example with \`sph2pipe -p\`.`,
  );
}
