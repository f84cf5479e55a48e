import { OggLinks } from '../ogg/ogg-links.js';
import type { OggPart } from '../ogg/ogg-links.js';
import type { OggPage } from '../ogg/ogg-page-reader.js';
import { RecentPackets } from '../recent-packets.js';
import { packetBytesAtMost, preRollSamples } from './opus-demuxer.js';
import type { OpusDemuxer, OpusPart } from './opus-demuxer.js';
import { isOpusHead, readOpusHead } from './opus-head.js';
import { opusPacketSamples } from './opus-packet.js';

/** Tags can hold pictures; they are left out when they are longer than a packet may be. */
const tagsMagic = Uint8Array.from('OpusTags', (char) => char.charCodeAt(0));

/** The first Opus stream of an Ogg file, and those that follow it (a chained file). Other streams beside it are left out. */
export class OggOpusDemuxer implements OpusDemuxer {
  readonly container = 'ogg';
  private readonly links = new OggLinks('Opus', packetBytesAtMost);
  private head: Uint8Array | undefined;
  private readonly recent = new RecentPackets(preRollSamples);
  /** The position at the end of the page before; undefined after a gap. */
  private granule: number | undefined;
  private hasAudio = false;

  get truncation(): string | undefined {
    return this.links.truncation;
  }

  get heldBytes(): number {
    return this.links.heldBytes;
  }

  resumption(): Uint8Array {
    return this.links.resumption(this.head === undefined ? [] : [this.head, tagsMagic, ...this.recent.all]);
  }

  get recentPackets(): readonly Uint8Array[] {
    return this.recent.all;
  }

  *push(bytes: Uint8Array): Generator<OpusPart, void, undefined> {
    for (const part of this.links.push(bytes)) yield* this.read(part);
  }

  *flush(): Generator<OpusPart, void, undefined> {
    for (const part of this.links.flush()) yield* this.read(part);
  }

  /** @throws SpeechError as `readOpusHead` */
  private *read({ beginsLink, packets, page }: OggPart): Generator<OpusPart, void, undefined> {
    if (page.followsGap) this.granule = undefined;
    if (beginsLink) {
      this.head = packets[0]!.slice();
      this.recent.clear();
      this.granule = 0;
      this.hasAudio = false;
      yield { type: 'head', head: readOpusHead(this.head) };
    }
    const audio = packets.filter(
      (packet, at) => !(beginsLink && at === 0) && (this.hasAudio || !isHeader(packet)),
    );
    if (audio.length === 0 && page.granule === undefined) return;
    const discards = this.discards(page, audio);
    for (const [at, bytes] of audio.entries()) {
      this.hasAudio = true;
      const samples = opusPacketSamples(bytes);
      if (samples > 0) this.recent.push(bytes, samples);
      yield { type: 'packet', bytes, discardSamples: discards[at]! };
    }
    this.granule = page.granule ?? this.granule;
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
