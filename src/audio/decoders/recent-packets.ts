interface SizedPacket {
  readonly bytes: Uint8Array;
  readonly size: number;
}

/**
 * Copies of the last packets of a stream: a decoder that begins after them needs them, because codecs refer back. It keeps
 * the fewest whose sizes add up to what is wanted.
 */
export class RecentPackets {
  private packets: SizedPacket[] = [];
  private total = 0;

  /** @param wanted in the unit of the sizes: packets, or samples */
  constructor(private readonly wanted: number) {}

  push(packet: Uint8Array, size = 1): void {
    this.packets.push({ bytes: packet.slice(), size });
    this.total += size;
    while (this.total - this.packets[0]!.size >= this.wanted) this.total -= this.packets.shift()!.size;
  }

  clear(): void {
    this.packets = [];
    this.total = 0;
  }

  /** From the oldest one on. */
  get all(): readonly Uint8Array[] {
    return this.packets.map(({ bytes }) => bytes);
  }
}
