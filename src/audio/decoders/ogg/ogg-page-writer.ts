import { joinBytes } from '../../join-bytes.js';
import { oggCrc } from './ogg-crc.js';

const headerBytes = 27;
const segmentBytes = 255;
const bodyBytesAtMost = 255 * segmentBytes;
const continuedFlag = 1;
const beginFlag = 2;
/** The position of a page on which no packet ends. */
const noneEnds = -1;
const versionAndMagic = Uint8Array.of(0x4f, 0x67, 0x67, 0x53, 0);

export interface OggPosition {
  readonly serial: number;
  readonly granule: number;
}

/**
 * Writes pages of one stream that all have one position: the first packet begins the stream.
 *
 * @param begun bytes of one more packet, which goes on with the page that follows: a multiple of 255 of them
 */
export function writeOggPages(
  position: OggPosition,
  packets: readonly Uint8Array[],
  begun: Uint8Array,
): Uint8Array {
  const pages = packets.flatMap((packet, at) => pagesOf(position, packet, at === 0 ? beginFlag : 0));
  if (begun.length > 0) pages.push(...pagesOf({ ...position, granule: noneEnds }, begun, 0));
  return joinBytes(pages);
}

function pagesOf(position: OggPosition, packet: Uint8Array, flags: number): Uint8Array[] {
  const isWhole = position.granule !== noneEnds;
  const pages: Uint8Array[] = [];
  for (let from = 0; from === 0 || from <= packet.length; from += bodyBytesAtMost) {
    const body = packet.subarray(from, from + bodyBytesAtMost);
    const segments = new Array<number>(Math.floor(body.length / segmentBytes)).fill(segmentBytes);
    if (isWhole && body.length < bodyBytesAtMost) segments.push(body.length % segmentBytes);
    pages.push(pageOf(position, segments, body, flags | (from > 0 ? continuedFlag : 0)));
  }
  return pages;
}

function pageOf(
  { serial, granule }: OggPosition,
  segments: readonly number[],
  body: Uint8Array,
  flags: number,
): Uint8Array {
  const page = new Uint8Array(headerBytes + segments.length + body.length);
  const view = new DataView(page.buffer);
  page.set(versionAndMagic);
  page[5] = flags;
  view.setBigInt64(6, BigInt(granule), true);
  view.setUint32(14, serial, true);
  page[26] = segments.length;
  page.set(segments, headerBytes);
  page.set(body, headerBytes + segments.length);
  view.setUint32(22, oggCrc(page), true);
  return page;
}
