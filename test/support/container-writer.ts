/** Writes containers of samples byte by byte, so that a test can also write wrong ones. */
import { bytesOf, formatChunk, text } from './wav-writer.js';
import type { WavFields } from './wav-writer.js';

function numberOf(bytes: number, write: (view: DataView) => void): Uint8Array {
  const view = new DataView(new ArrayBuffer(bytes));
  write(view);
  return new Uint8Array(view.buffer);
}

export const uint16be = (value: number) => numberOf(2, (view) => view.setUint16(0, value));
export const uint32be = (value: number) => numberOf(4, (view) => view.setUint32(0, value));
export const int64be = (value: number) => numberOf(8, (view) => view.setBigInt64(0, BigInt(value)));
export const float64be = (value: number) => numberOf(8, (view) => view.setFloat64(0, value));
const int64le = (value: number) => numberOf(8, (view) => view.setBigInt64(0, BigInt(value), true));

/** An IEEE 754 number of 80 bits. */
export function extended(value: number): Uint8Array {
  if (value === 0) return new Uint8Array(10);
  const exponent = Math.floor(Math.log2(value));
  const mantissa = BigInt(Math.round((value / 2 ** exponent) * 2 ** 52)) << 11n;
  return bytesOf(
    uint16be(exponent + 16_383),
    numberOf(8, (view) => view.setBigUint64(0, mantissa)),
  );
}

/** What every container states of its samples. The numbers may be wrong. */
export interface ContainerFields {
  readonly sampleRate?: number;
  readonly channels?: number;
  /** Bytes of samples that the header claims. */
  readonly claimed?: number;
}

export function iffChunk(name: string, body: Uint8Array, claimedSize = body.length): Uint8Array {
  return bytesOf(text(name), uint32be(claimedSize), body, new Uint8Array(body.length & 1));
}

export function commonChunk(
  fields: ContainerFields & { readonly bits?: number; readonly compression?: string },
): Uint8Array {
  const { sampleRate = 16_000, channels = 1, bits = 16, compression } = fields;
  const head = bytesOf(uint16be(channels), uint32be(0), uint16be(bits), extended(sampleRate));
  return iffChunk(
    'COMM',
    compression === undefined ? head : bytesOf(head, text(compression), new Uint8Array(2)),
  );
}

/** @param unused bytes before the samples */
export function soundChunk(data: Uint8Array, claimed = data.length, unused = 0): Uint8Array {
  const body = bytesOf(uint32be(unused), uint32be(0), new Uint8Array(unused), data);
  return iffChunk('SSND', body, claimed + 8 + unused);
}

export function form(kind: 'AIFF' | 'AIFC', ...chunks: readonly Uint8Array[]): Uint8Array {
  const body = bytesOf(text(kind), ...chunks);
  return bytesOf(text('FORM'), uint32be(body.length), body);
}

/** @param compression the name of AIFF-C; without it the file is AIFF */
export function aiff(
  data: Uint8Array,
  fields: ContainerFields & { readonly bits?: number; readonly compression?: string } = {},
): Uint8Array {
  const kind = fields.compression === undefined ? 'AIFF' : 'AIFC';
  return form(kind, commonChunk(fields), soundChunk(data, fields.claimed));
}

export function au(
  data: Uint8Array,
  fields: ContainerFields & {
    readonly encoding?: number;
    readonly annotation?: Uint8Array;
    readonly offset?: number;
  } = {},
): Uint8Array {
  const { sampleRate = 16_000, channels = 1, encoding = 3, annotation = new Uint8Array(0) } = fields;
  const numbers = [
    fields.offset ?? 24 + annotation.length,
    fields.claimed ?? data.length,
    encoding,
    sampleRate,
    channels,
  ];
  return bytesOf(text('.snd'), ...numbers.map(uint32be), annotation, data);
}

export interface CafFields extends ContainerFields {
  readonly codec?: string;
  readonly flags?: number;
  readonly bits?: number;
  readonly bytesPerPacket?: number;
}

export function cafChunk(name: string, body: Uint8Array, claimedSize = body.length): Uint8Array {
  return bytesOf(text(name), int64be(claimedSize), body);
}

export function descriptionChunk(fields: CafFields = {}): Uint8Array {
  const { sampleRate = 16_000, channels = 1, codec = 'lpcm', flags = 0, bits = 16 } = fields;
  const numbers = [flags, fields.bytesPerPacket ?? (channels * bits) / 8, 1, channels, bits];
  return cafChunk('desc', bytesOf(float64be(sampleRate), text(codec), ...numbers.map(uint32be)));
}

export function cafDataChunk(data: Uint8Array, claimed?: number): Uint8Array {
  return cafChunk('data', bytesOf(uint32be(0), data), claimed === undefined ? undefined : claimed);
}

export function cafFile(...chunks: readonly Uint8Array[]): Uint8Array {
  return bytesOf(text('caff'), uint16be(1), uint16be(0), ...chunks);
}

/** `claimed` is the size of the data chunk, which also has four bytes of its own. */
export function caf(data: Uint8Array, fields: CafFields = {}): Uint8Array {
  return cafFile(descriptionChunk(fields), cafDataChunk(data, fields.claimed));
}

const fileGuid = [0x72, 0x69, 0x66, 0x66, 0x2e, 0x91, 0xcf, 0x11, 0xa5, 0xd6, 0x28, 0xdb, 0x04, 0xc1, 0, 0];
const guidTail = [0xf3, 0xac, 0xd3, 0x11, 0x8c, 0xd1, 0x00, 0xc0, 0x4f, 0x8e, 0xdb, 0x8a];

export function wave64Chunk(name: string, body: Uint8Array, claimedSize = body.length + 24): Uint8Array {
  const padding = new Uint8Array((8 - (body.length % 8)) % 8);
  return bytesOf(text(name), Uint8Array.from(guidTail), int64le(claimedSize), body, padding);
}

export function wave64File(...chunks: readonly Uint8Array[]): Uint8Array {
  const body = bytesOf(text('wave'), Uint8Array.from(guidTail), ...chunks);
  return bytesOf(Uint8Array.from(fileGuid), int64le(body.length + 24), body);
}

/** `claimed` is the size of the data chunk, which includes its header of 24 bytes. */
export function wave64(data: Uint8Array, fields: WavFields & { readonly claimed?: number } = {}): Uint8Array {
  const format = formatChunk(fields).subarray(8);
  return wave64File(wave64Chunk('fmt ', format), wave64Chunk('data', data, fields.claimed));
}

export interface SphereFields extends ContainerFields {
  readonly coding?: string;
  readonly order?: string;
  readonly bytes?: number;
  readonly samples?: number;
  readonly headerSize?: number | string;
}

export function sphere(data: Uint8Array, fields: SphereFields = {}): Uint8Array {
  const { sampleRate = 16_000, channels = 1, coding = 'pcm', order = '01', bytes = 2 } = fields;
  const lines = [
    'database_id -s5 HUB 4',
    `sample_count -i ${fields.samples ?? data.length / bytes / channels}`,
    `sample_n_bytes -i ${bytes}`,
    `channel_count -i ${channels}`,
    `sample_byte_format -s${order.length} ${order}`,
    `sample_rate -i ${sampleRate}`,
    `sample_coding -s${coding.length} ${coding}`,
    'end_head\n',
  ];
  const size = String(fields.headerSize ?? 1_024).padStart(7);
  const header = new Uint8Array(1_024);
  header.set(text(`NIST_1A\n${size}\n${lines.join('\n')}`));
  return bytesOf(header, data);
}

/** A WAV file whose numbers and samples are big-endian. `data` is big-endian already. */
export function rifx(
  data: Uint8Array,
  { tag = 1, channels = 1, sampleRate = 16_000, bits = 16 }: WavFields = {},
): Uint8Array {
  const blockBytes = (channels * bits) / 8;
  const format = bytesOf(
    uint16be(tag),
    uint16be(channels),
    uint32be(sampleRate),
    uint32be(sampleRate * blockBytes),
    uint16be(blockBytes),
    uint16be(bits),
  );
  const body = bytesOf(text('WAVE'), iffChunk('fmt ', format), iffChunk('data', data));
  return bytesOf(text('RIFX'), uint32be(body.length), body);
}
