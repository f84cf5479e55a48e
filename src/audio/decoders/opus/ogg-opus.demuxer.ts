import { SpeechError } from '../../../common/errors/speech-error.js';
import { OggPackets } from '../ogg/ogg-packets.js';
import { OggPageReader } from '../ogg/ogg-page-reader.js';
import type { OggPage } from '../ogg/ogg-page-reader.js';
import { packetBytesAtMost } from './opus-demuxer.js';
import type { OpusDemuxer, OpusPart } from './opus-demuxer.js';
import { isOpusHead, readOpusHead } from './opus-head.js';
import { opusPacketSamples } from './opus-packet.js';

/** Tags can hold pictures; they are left out when they are longer than a packet may be. */
const tagsMagic = [...'OpusTags'].map((char) => char.charCodeAt(0));

/** The first Opus stream of an Ogg file, and those that follow it (a chained file). Other streams beside it are left out. */
export class OggOpusDemuxer implements OpusDemuxer {
  readonly container = 'ogg';
  private readonly pages = new OggPageReader();
  private serial: number | undefined;
  private packets = new OggPackets(packetBytesAtMost);
  /** The position at the end of the page before; undefined after a gap. */
  private granule: number | undefined;
  /** Audio of the stream has come: a stream that begins now follows it. */
  private hasAudio = false;

  get heldBytes(): number {
    return this.pages.heldBytes;
  }

  *push(bytes: Uint8Array): Generator<OpusPart, void, undefined> {
    for (const page of this.pages.push(bytes)) yield* this.read(page);
  }

  *flush(): Generator<OpusPart, void, undefined> {
    for (const page of this.pages.flush()) yield* this.read(page);
  }

  private *read(page: OggPage): Generator<OpusPart, void, undefined> {
    if (page.followsGap) this.granule = undefined;
    if (page.beginsStream && (this.serial === undefined || this.hasAudio)) {
      yield* this.begin(page);
      return;
    }
    if (page.serial !== this.serial) return;
    const packets = this.packets.push(page).filter((packet) => this.hasAudio || !isHeader(packet));
    if (packets.length === 0 && page.granule === undefined) return;
    const discards = this.discards(page, packets);
    for (const [at, bytes] of packets.entries()) {
      this.hasAudio = true;
      yield { type: 'packet', bytes, discardSamples: discards[at]! };
    }
    this.granule = page.granule ?? this.granule;
  }

  /** @throws SpeechError AUDIO_UNSUPPORTED_FORMAT for a further stream that is not Opus; as `readOpusHead` */
  private *begin(page: OggPage): Generator<OpusPart, void, undefined> {
    const [first] = new OggPackets(packetBytesAtMost).push(page);
    if (first === undefined || !isOpusHead(first)) {
      if (!this.hasAudio) return;
      throw new SpeechError('AUDIO_UNSUPPORTED_FORMAT', 'The Ogg file goes on with audio that is not Opus.');
    }
    this.serial = page.serial;
    this.packets = new OggPackets(packetBytesAtMost);
    this.granule = 0;
    this.hasAudio = false;
    yield { type: 'head', head: readOpusHead(first) };
  }

  /** The last page of a stream says by its position how many samples of its packets count. */
  private discards({ endsStream, granule }: OggPage, packets: readonly Uint8Array[]): readonly number[] {
    const durations = packets.map(opusPacketSamples);
    const counted =
      endsStream && granule !== undefined && this.granule !== undefined ? granule - this.granule : 0;
    const total = durations.reduce((sum, samples) => sum + samples, 0);
    let discard = counted > 0 ? Math.max(0, total - counted) : 0;
    for (let at = durations.length - 1; at >= 0; at--) {
      const ofPacket = Math.min(discard, durations[at]!);
      discard -= ofPacket;
      durations[at] = ofPacket;
    }
    return durations;
  }
}

/** The head may be there twice, with the number of its stream. */
function isHeader(packet: Uint8Array): boolean {
  return isOpusHead(packet) || tagsMagic.every((byte, at) => packet[at] === byte);
}
