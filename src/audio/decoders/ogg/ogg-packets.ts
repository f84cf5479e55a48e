import { joinBytes } from '../../join-bytes.js';
import type { OggPage } from './ogg-page-reader.js';

/** Puts the packets of one logical stream together from its pages. */
export class OggPackets {
  /** The packet that goes on with the next page. */
  private readonly parts: Uint8Array[] = [];
  private begunBytes = 0;
  private isTooLong = false;

  /** @param packetBytesAtMost longer packets are left out */
  constructor(private readonly packetBytesAtMost: number) {}

  /** The bytes so far of a packet that goes on with the next page: a multiple of 255; none of one that is too long. */
  get begun(): Uint8Array {
    return joinBytes(this.parts);
  }

  /** @returns the packets that end on this page, valid as long as its bytes */
  push({ segments, body, isContinued, followsGap }: OggPage): readonly Uint8Array[] {
    if (!isContinued || followsGap) this.forget();
    // What the page continues is not there.
    let isLost = isContinued && this.parts.length === 0 && !this.isTooLong;
    const packets: Uint8Array[] = [];
    let from = 0;
    let to = 0;
    for (const segment of segments) {
      to += segment;
      if (segment === 255) continue;
      if (!isLost && !this.isTooLong) packets.push(this.packet(body.subarray(from, to)));
      isLost = false;
      this.forget();
      from = to;
    }
    if (to > from && !isLost) this.begin(body.subarray(from, to));
    return packets;
  }

  /** Leaves out the packet that has begun. */
  forget(): void {
    this.parts.length = 0;
    this.begunBytes = 0;
    this.isTooLong = false;
  }

  private begin(bytes: Uint8Array): void {
    this.begunBytes += bytes.length;
    this.isTooLong ||= this.begunBytes > this.packetBytesAtMost;
    if (this.isTooLong) this.parts.length = 0;
    else this.parts.push(bytes.slice());
  }

  private packet(last: Uint8Array): Uint8Array {
    return joinBytes([...this.parts, last]);
  }
}
