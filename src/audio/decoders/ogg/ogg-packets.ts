import type { OggPage } from './ogg-page-reader.js';

/** Puts the packets of one logical stream together from its pages. */
export class OggPackets {
  /** The packet that goes on with the next page. */
  private readonly begun: Uint8Array[] = [];
  private begunBytes = 0;
  private isTooLong = false;

  /** @param packetBytesAtMost longer packets are left out */
  constructor(private readonly packetBytesAtMost: number) {}

  /** @returns the packets that end on this page, valid as long as its bytes */
  push({ segments, body, isContinued, followsGap }: OggPage): readonly Uint8Array[] {
    if (!isContinued || followsGap) this.forget();
    // What the page continues is not there.
    let isLost = isContinued && this.begun.length === 0 && !this.isTooLong;
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

  private begin(bytes: Uint8Array): void {
    this.begunBytes += bytes.length;
    this.isTooLong ||= this.begunBytes > this.packetBytesAtMost;
    if (this.isTooLong) this.begun.length = 0;
    else this.begun.push(bytes.slice());
  }

  private packet(last: Uint8Array): Uint8Array {
    if (this.begun.length === 0) return last;
    const whole = new Uint8Array(this.begunBytes + last.length);
    let at = 0;
    for (const part of this.begun) {
      whole.set(part, at);
      at += part.length;
    }
    whole.set(last, at);
    return whole;
  }

  private forget(): void {
    this.begun.length = 0;
    this.begunBytes = 0;
    this.isTooLong = false;
  }
}
