import { SpeechError } from '../../../common/errors/speech-error.js';
import { restoreState, stateOf } from '../../../common/object-state.js';
import type { CodecDecoder, CodecState } from '../../audio-decoder.js';
import type { AudioFormat, PcmChunk } from '../../audio.types.js';
import { Damage } from '../damage.js';
import { interleaveSamples } from '../interleave-samples.js';
import { OggLinks } from '../ogg/ogg-links.js';
import type { OggPart } from '../ogg/ogg-links.js';
import type { OggPage } from '../ogg/ogg-page-reader.js';
import { RecentPackets } from '../recent-packets.js';
import { isVorbisPacket, readVorbisHead, vorbisSetupType } from './vorbis-head.js';
import type { VorbisHead } from './vorbis-head.js';
import type { VorbisPacketDecoder } from './vorbis-packet-decoder.js';

const noBytes = new Uint8Array(0);
/** The package takes no longer ones. */
export const packetBytesAtMost = 131_072;

/** Decodes Vorbis in Ogg. Streams that follow one another in a chained file are decoded as one. */
export class OggVorbisFileDecoder implements CodecDecoder {
  private readonly links = new OggLinks('Vorbis', packetBytesAtMost);
  private readonly damage = new Damage('Ogg/Vorbis');
  private first: VorbisHead | undefined;
  /** Of the stream that was joined last. */
  private head: VorbisHead | undefined;
  private headPacket: Uint8Array | undefined;
  /** Each packet overlaps with the one before. */
  private readonly recent = new RecentPackets(1);
  /** The position after the samples so far of the stream, as its pages count; undefined before its first page of audio. */
  private position: number | undefined;
  private isEmpty = true;

  constructor(private readonly decoder: VorbisPacketDecoder) {}

  get format(): AudioFormat | undefined {
    return this.first && { container: 'ogg', encoding: 'vorbis', ...this.first };
  }

  get truncation(): string | undefined {
    return this.links.truncation;
  }

  get heldBytes(): number {
    return this.links.heldBytes;
  }

  /** The comments of the stream are left out. */
  resumption(): Uint8Array {
    const { headPacket, decoder, recent } = this;
    if (headPacket === undefined) return this.links.resumption([]);
    return this.links.resumption([headPacket, ...(decoder.setup ? [decoder.setup] : []), ...recent.all]);
  }

  /** Exact: samples depend on the packet before and on none before that. */
  state(): CodecState | undefined {
    const { decoder, ...own } = this;
    if (!decoder.hasBegun) return undefined;
    return { resumption: noBytes, values: { ...stateOf(own), setup: decoder.setup } };
  }

  async restore({ values }: CodecState): Promise<void> {
    const { setup, ...own } = values;
    this.first = own['first'] as VorbisHead;
    this.head = own['head'] as VorbisHead;
    restoreState(this, own);
    this.decoder.begin(this.headPacket!);
    this.decoder.useSetup(setup as Uint8Array);
    await this.decoder.decode(this.recent.all);
  }

  durationOf(): undefined {
    return undefined;
  }

  async *push(bytes: Uint8Array): AsyncGenerator<PcmChunk, void, undefined> {
    for (const part of this.links.push(bytes)) yield* this.decode(part);
  }

  async *flush(): AsyncGenerator<PcmChunk, void, undefined> {
    for (const part of this.links.flush()) yield* this.decode(part);
    if (this.head === undefined || !this.decoder.isReady) {
      throw new SpeechError('AUDIO_CORRUPT', 'The Ogg/Vorbis file ends before its samples begin.');
    }
    if (!this.isEmpty) return;
    if (this.damage.isFound) {
      throw new SpeechError('AUDIO_CORRUPT', 'The Ogg/Vorbis file has no intact packet.');
    }
    throw new SpeechError('AUDIO_EMPTY', 'The Ogg/Vorbis file has no samples.');
  }

  dispose(): void {
    this.decoder.free();
  }

  private async *decode({ beginsLink, packets, page }: OggPart): AsyncGenerator<PcmChunk, void, undefined> {
    if (beginsLink) this.begin(packets[0]!);
    for (const packet of packets) {
      if (isVorbisPacket(packet, vorbisSetupType) && !this.decoder.isReady) this.decoder.useSetup(packet);
    }
    const audio = packets.filter((packet) => packet.length > 0 && (packet[0]! & 1) === 0);
    const last = audio.at(-1);
    if (last !== undefined) this.recent.push(last);
    const { channels, frames, errors } = await this.decoder.decode(audio);
    if (this.head === undefined) return;
    if (frames === 0) {
      // The first packet of a stream gives no samples.
      if (audio.length > 1) this.damage.addDamagedFrame();
      if (audio.length > 0) this.position ??= page.granule;
      return;
    }
    const samples = errors === 0 ? interleaveSamples(channels, frames) : undefined;
    if (samples === undefined) this.damage.addDamagedFrame();
    else this.damage.addIntactFrame(page.body.length);
    const counted = this.trim(samples ?? new Float32Array(frames * this.head.channels), frames, page);
    if (counted.length === 0) return;
    this.isEmpty = false;
    yield { samples: counted, ...this.head };
  }

  private begin(packet: Uint8Array): void {
    const head = readVorbisHead(packet);
    this.head = head;
    this.first ??= head;
    this.headPacket = packet.slice();
    this.recent.clear();
    this.position = undefined;
    this.decoder.begin(packet);
  }

  /** The positions of the first and the last page say how many samples at both ends do not count. */
  private trim(samples: Float32Array, frames: number, { granule, endsStream }: OggPage): Float32Array {
    const { channels } = this.head!;
    let from = 0;
    let to = frames;
    if (this.position === undefined) {
      const before = endsStream || granule === undefined ? 0 : granule - frames;
      from = Math.min(frames, Math.max(0, -before));
      this.position = before;
    }
    this.position += frames;
    const extra = endsStream && granule !== undefined ? this.position - granule : 0;
    if (extra > 0 && extra <= frames) to = frames - extra;
    return samples.subarray(from * channels, Math.max(from, to) * channels);
  }
}
