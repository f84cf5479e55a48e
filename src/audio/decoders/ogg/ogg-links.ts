import { SpeechError } from '../../../common/errors/speech-error.js';
import { isOggAudio, oggCodecOf } from './ogg-codecs.js';
import { OggPackets } from './ogg-packets.js';
import { OggPageReader } from './ogg-page-reader.js';
import type { OggPage } from './ogg-page-reader.js';
import { writeOggPages } from './ogg-page-writer.js';

/** The packets that end on one page of the wanted stream. */
export interface OggPart {
  /** The first packet is the head of a stream; another one than before in a chained file. */
  readonly beginsLink: boolean;
  /** Valid until the next part is taken. */
  readonly packets: readonly Uint8Array[];
  readonly page: OggPage;
}

const noBytes = new Uint8Array(0);
/** A decoder takes tens of milliseconds to begin with a stream, and recordings are longer. */
const linksAtMost = 64;
const bytesPerFurtherLink = 4_096;

/** The first stream of a codec in an Ogg file, and those that follow it in a chained file. Others next to it are left out. */
export class OggLinks {
  private readonly pages = new OggPageReader();
  private receivedBytes = 0;
  private links = 0;
  private serial: number | undefined;
  private isEnded = false;
  /** The position after the last page. */
  private granule = 0;
  private packets: OggPackets;
  /** The stream has more than its head: a stream that begins now follows it. */
  private hasBody = false;

  /**
   * @param codec a name of `oggCodecOf`
   * @param packetBytesAtMost longer packets are left out
   */
  constructor(
    private readonly codec: string,
    private readonly packetBytesAtMost: number,
  ) {
    this.packets = new OggPackets(packetBytesAtMost);
  }

  /** After the last bytes: the stream has begun, and its last page is not there. */
  get truncation(): string | undefined {
    if (this.serial === undefined || this.isEnded) return undefined;
    return 'The last page of the Ogg file is missing: the recording is cut short.';
  }

  /** Bytes that wait for the rest of their page. */
  get heldBytes(): number {
    return this.pages.heldBytes;
  }

  /** @throws SpeechError AUDIO_CORRUPT; AUDIO_UNSUPPORTED_FORMAT for audio of another codec that follows */
  *push(bytes: Uint8Array): Generator<OggPart, void, undefined> {
    this.receivedBytes += bytes.length;
    for (const page of this.pages.push(bytes)) yield* this.read(page);
  }

  *flush(): Generator<OggPart, void, undefined> {
    for (const page of this.pages.flush()) yield* this.read(page);
  }

  /**
   * Pages from which another reader goes on before the held bytes.
   * @param packets the head of the stream, and others that its decoder needs again
   */
  resumption(packets: readonly Uint8Array[]): Uint8Array {
    if (this.serial === undefined) return noBytes;
    // A stream that begins later follows this one only if this one has more than its head.
    const all = this.hasBody && packets.length === 1 ? [...packets, noBytes] : packets;
    const { serial, granule } = this;
    return writeOggPages({ serial, granule }, all, this.pages.isInGap ? noBytes : this.packets.begun);
  }

  private *read(page: OggPage): Generator<OggPart, void, undefined> {
    if (page.beginsStream && (this.serial === undefined || this.hasBody)) {
      const packets = new OggPackets(this.packetBytesAtMost);
      const [head, ...others] = packets.push(page);
      if (head === undefined || !this.isHead(head)) return;
      this.countLink();
      this.serial = page.serial;
      this.packets = packets;
      this.hasBody = false;
      this.granule = 0;
      this.isEnded = page.endsStream;
      yield { beginsLink: true, packets: [head, ...others], page };
    } else if (page.serial === this.serial && !page.beginsStream) {
      const packets = this.packets.push(page);
      this.hasBody ||= packets.length > 0;
      this.granule = page.granule ?? this.granule;
      this.isEnded ||= page.endsStream;
      yield { beginsLink: false, packets, page };
    } else if (page.followsGap) {
      this.packets.forget();
    }
  }

  private countLink(): void {
    this.links++;
    if (this.links <= linksAtMost + this.receivedBytes / bytesPerFurtherLink) return;
    throw new SpeechError('AUDIO_CORRUPT', `The Ogg file begins ${this.links} streams in a few bytes.`);
  }

  private isHead(packet: Uint8Array): boolean {
    const codec = oggCodecOf(packet);
    if (codec === this.codec) return true;
    if (this.hasBody && isOggAudio(codec)) {
      throw new SpeechError(
        'AUDIO_UNSUPPORTED_FORMAT',
        `The Ogg file goes on with audio in ${codec} after that in ${this.codec}. Send them one by one.`,
      );
    }
    return false;
  }
}
