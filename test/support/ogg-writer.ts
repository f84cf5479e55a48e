import { oggCrc } from '../../src/audio/decoders/ogg/ogg-crc.js';
import { bytesOf, text } from './wav-writer.js';

export interface OggPageFields {
  readonly serial?: number;
  readonly sequence?: number;
  readonly granule?: number;
  /** 1 continues a packet, 2 begins the stream, 4 ends it. */
  readonly flags?: number;
  /** The last packet goes on with the next page: its length has to be a multiple of 255. */
  readonly goesOn?: boolean;
}

export function oggPage(packets: readonly Uint8Array[], fields: OggPageFields = {}): Uint8Array {
  const { serial = 1, sequence = 0, granule = 0, flags = 0, goesOn = false } = fields;
  const segments = packets.flatMap(({ length }, at) => {
    const full = new Array<number>(Math.floor(length / 255)).fill(255);
    return goesOn && at === packets.length - 1 ? full : [...full, length % 255];
  });
  const page = bytesOf(
    text('OggS'),
    new Uint8Array(22),
    Uint8Array.of(segments.length, ...segments),
    ...packets,
  );
  const view = new DataView(page.buffer);
  view.setUint8(5, flags);
  view.setBigInt64(6, BigInt(granule), true);
  view.setUint32(14, serial, true);
  view.setUint32(18, sequence, true);
  view.setUint32(22, oggCrc(page), true);
  return page;
}

export interface OpusHeadFields {
  readonly channels?: number;
  readonly preSkip?: number;
  readonly gainDb?: number;
  readonly family?: number;
  /** Streams, coupled streams and the channel mapping of other families than 0. */
  readonly mapping?: readonly number[];
  readonly version?: number;
}

export function opusHead(fields: OpusHeadFields = {}): Uint8Array {
  const { channels = 1, preSkip = 312, gainDb = 0, family = 0, mapping = [], version = 1 } = fields;
  const head = bytesOf(text('OpusHead'), new Uint8Array(11), Uint8Array.from(mapping));
  const view = new DataView(head.buffer);
  view.setUint8(8, version);
  view.setUint8(9, channels);
  view.setUint16(10, preSkip, true);
  view.setUint32(12, 16_000, true);
  view.setInt16(16, gainDb * 256, true);
  view.setUint8(18, family);
  return head;
}

export interface OggOpusFields extends OpusHeadFields {
  readonly serial?: number;
  readonly packetsPerPage?: number;
  /** Of the last page. */
  readonly endGranule?: number;
}

/** An Ogg/Opus file of packets of 20 ms. */
export function oggOpus(packets: readonly Uint8Array[], fields: OggOpusFields = {}): Uint8Array {
  const { serial = 1, packetsPerPage = 10, endGranule = packets.length * 960 } = fields;
  const tags = bytesOf(text('OpusTags'), new Uint8Array(8));
  const pages = [oggPage([opusHead(fields)], { serial, flags: 2 }), oggPage([tags], { serial, sequence: 1 })];
  for (let from = 0; from < packets.length; from += packetsPerPage) {
    const to = Math.min(packets.length, from + packetsPerPage);
    const isLast = to === packets.length;
    const granule = isLast ? endGranule : to * 960;
    pages.push(
      oggPage(packets.slice(from, to), { serial, sequence: pages.length, granule, flags: isLast ? 4 : 0 }),
    );
  }
  return bytesOf(...pages);
}

/** The packets of an Ogg/Opus file without its two headers; for files of which no packet is longer than a page. */
export function packetsOf(file: Uint8Array): readonly Uint8Array[] {
  const packets: Uint8Array[] = [];
  for (let at = 0; at < file.length;) {
    const count = file[at + 26]!;
    let from = at + 27 + count;
    let length = 0;
    for (const segment of file.subarray(at + 27, at + 27 + count)) {
      length += segment;
      if (segment === 255) continue;
      packets.push(file.subarray(from, from + length));
      from += length;
      length = 0;
    }
    at = from;
  }
  return packets.slice(2);
}
