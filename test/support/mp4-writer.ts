import { uint32be } from './container-writer.js';
import { bytesOf, text } from './wav-writer.js';

/** A box of an MP4 file. @param claimed its size with the header, if it is wrong */
export function box(type: string, content: Uint8Array = new Uint8Array(0), claimed?: number): Uint8Array {
  return bytesOf(uint32be(claimed ?? content.length + 8), text(type), content);
}

/** A box with a size of 64 bits. */
export function longBox(type: string, content: Uint8Array): Uint8Array {
  return bytesOf(uint32be(1), text(type), uint32be(0), uint32be(content.length + 16), content);
}

/** A description with one track, whose chunks are at these offsets. */
export function moovOf(offsets: readonly number[], table: 'stco' | 'co64' = 'stco'): Uint8Array {
  const entries = offsets.map((offset) =>
    table === 'stco' ? uint32be(offset) : bytesOf(uint32be(0), uint32be(offset)),
  );
  const chunks = box(table, bytesOf(uint32be(0), uint32be(offsets.length), ...entries));
  const track = box('trak', box('mdia', box('minf', box('stbl', chunks))));
  return box('moov', bytesOf(box('mvhd', new Uint8Array(100)), track));
}

export const fileType = box('ftyp', text('M4A \0\0\0\0'));

interface Mp4Options {
  /** The description comes first, so that the file can be decoded while it arrives. */
  readonly fastStart: boolean;
  /** Zeros before each so many samples, as the pictures of a film. */
  readonly between?: { readonly bytes: number; readonly samples: number };
}

const uint16be = (value: number): Uint8Array => Uint8Array.of(value >> 8, value & 255);

/** An MP4 file with one track of Opus, mono. */
export function mp4Opus(packets: readonly Uint8Array[], options: Mp4Options): Uint8Array {
  const dOps = bytesOf(Uint8Array.of(0, 1), uint16be(312), uint32be(48_000), Uint8Array.of(0, 0, 0));
  return mp4Of(['Opus', box('dOps', dOps)], packets, options);
}

/** A FLAC file in MP4, mono, cut anywhere: its decoder does not mind. */
export function mp4Flac(file: Uint8Array, options: Mp4Options): Uint8Array {
  const marker = 4;
  const streamInfo = file.slice(marker, marker + 38);
  // It is the only block.
  streamInfo[0] = 0x80;
  const frames = file.subarray(flacFramesAt(file));
  const cuts = Array.from({ length: Math.ceil(frames.length / 999) }, (_, at) =>
    frames.subarray(at * 999, (at + 1) * 999),
  );
  return mp4Of(['fLaC', box('dfLa', bytesOf(uint32be(0), streamInfo))], cuts, options);
}

/** Where the first frame of a FLAC file begins. */
export function flacFramesAt(file: Uint8Array): number {
  for (let at = 4; ;) {
    const isLast = file[at]! & 0x80;
    at += 4 + ((file[at + 1]! << 16) | (file[at + 2]! << 8) | file[at + 3]!);
    if (isLast) return at;
  }
}

function mp4Of(
  codec: readonly [string, Uint8Array],
  packets: readonly Uint8Array[],
  { fastStart, between }: Mp4Options,
): Uint8Array {
  const media: Uint8Array[] = [];
  const offsets: number[] = [];
  let length = 0;
  for (const [at, packet] of packets.entries()) {
    const gap = between !== undefined && at % between.samples === 0 ? between.bytes : 0;
    media.push(new Uint8Array(gap), packet);
    offsets.push(length + gap);
    length += gap + packet.length;
  }
  const moov = (from: number): Uint8Array =>
    moovWith(
      codec,
      packets,
      offsets.map((offset) => from + offset),
    );
  const before = fileType.length + 8 + (fastStart ? moov(0).length : 0);
  const data = box('mdat', bytesOf(...media));
  return fastStart ? bytesOf(fileType, moov(before), data) : bytesOf(fileType, data, moov(before));
}

/** Each sample is a chunk. */
function moovWith(
  [type, header]: readonly [string, Uint8Array],
  packets: readonly Uint8Array[],
  offsets: readonly number[],
): Uint8Array {
  const full = (...content: Uint8Array[]): Uint8Array => bytesOf(uint32be(0), ...content);
  const entry = bytesOf(
    new Uint8Array(16),
    uint16be(1),
    uint16be(16),
    uint32be(0),
    uint32be(48_000 * 65_536),
    header,
  );
  const tables = bytesOf(
    box('stsd', full(uint32be(1), box(type, entry))),
    box(
      'stsz',
      full(uint32be(0), uint32be(packets.length), ...packets.map(({ length }) => uint32be(length))),
    ),
    box('stsc', full(uint32be(1), uint32be(1), uint32be(1), uint32be(1))),
    box('stco', full(uint32be(offsets.length), ...offsets.map(uint32be))),
  );
  const media = box(
    'mdia',
    bytesOf(
      box('hdlr', full(uint32be(0), text('soun'), new Uint8Array(13))),
      box('minf', box('stbl', tables)),
    ),
  );
  const track = box(
    'trak',
    bytesOf(box('tkhd', full(new Uint8Array(8), uint32be(1), new Uint8Array(64))), media),
  );
  return box('moov', bytesOf(box('mvhd', new Uint8Array(100)), track));
}
