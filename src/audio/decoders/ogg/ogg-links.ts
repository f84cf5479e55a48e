import { OggPackets } from './ogg-packets.js';
import { OggPageReader } from './ogg-page-reader.js';
import type { OggPage } from './ogg-page-reader.js';

/** The packets that end on one page of the wanted stream. */
export interface OggPart {
  /** The first packet is the head of a stream; another one than before in a chained file. */
  readonly beginsLink: boolean;
  /** Valid until the next part is taken. */
  readonly packets: readonly Uint8Array[];
  readonly page: OggPage;
}

/** The first stream of a codec in an Ogg file, and those that follow it in a chained file. Others next to it are left out. */
export class OggLinks {
  private readonly pages = new OggPageReader();
  private serial: number | undefined;
  private packets: OggPackets;
  /** The stream has more than its head: a stream that begins now follows it. */
  private hasBody = false;

  /**
   * @param isHead whether a packet is the head of a stream of the codec
   * @param packetBytesAtMost longer packets are left out
   */
  constructor(
    private readonly isHead: (packet: Uint8Array) => boolean,
    private readonly packetBytesAtMost: number,
  ) {
    this.packets = new OggPackets(packetBytesAtMost);
  }

  /** @throws SpeechError AUDIO_CORRUPT */
  *push(bytes: Uint8Array): Generator<OggPart, void, undefined> {
    for (const page of this.pages.push(bytes)) yield* this.read(page);
  }

  *flush(): Generator<OggPart, void, undefined> {
    for (const page of this.pages.flush()) yield* this.read(page);
  }

  private *read(page: OggPage): Generator<OggPart, void, undefined> {
    if (page.beginsStream && (this.serial === undefined || this.hasBody)) {
      const packets = new OggPackets(this.packetBytesAtMost);
      const [head, ...others] = packets.push(page);
      if (head === undefined || !this.isHead(head)) return;
      this.serial = page.serial;
      this.packets = packets;
      this.hasBody = false;
      yield { beginsLink: true, packets: [head, ...others], page };
    } else if (page.serial === this.serial) {
      const packets = this.packets.push(page);
      this.hasBody ||= packets.length > 0;
      yield { beginsLink: false, packets, page };
    }
  }
}
