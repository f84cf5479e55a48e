/** Copies of the last packets of a stream: a decoder that begins after them needs them, because codecs refer back. */
export class RecentPackets {
  private packets: Uint8Array[] = [];

  constructor(private readonly count: number) {}

  push(packet: Uint8Array): void {
    if (this.packets.length === this.count) this.packets.shift();
    this.packets.push(packet.slice());
  }

  clear(): void {
    this.packets = [];
  }

  /** From the oldest one on. */
  get all(): readonly Uint8Array[] {
    return this.packets;
  }
}
