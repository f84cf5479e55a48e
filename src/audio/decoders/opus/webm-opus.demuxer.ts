import { joinBytes } from '../../join-bytes.js';
import { RecentPackets } from '../recent-packets.js';
import { readSigned } from '../webm/ebml.js';
import { webmIds } from '../webm/webm-elements.js';
import { readWebmBlock } from '../webm/webm-block.js';
import { WebmHeader, writeElement } from '../webm/webm-header.js';
import { WebmTracks } from '../webm/webm-tracks.js';
import { WebmWalk } from '../webm/webm-walk.js';
import type { WebmElement } from '../webm/webm-walk.js';
import { preRollSamples } from './opus-demuxer.js';
import type { OpusDemuxer, OpusPart } from './opus-demuxer.js';
import { opusHeadFor, opusRateHz, readOpusHead } from './opus-head.js';
import type { OpusHead } from './opus-head.js';
import { opusPacketSamples } from './opus-packet.js';

const nsPerSecond = 1e9;
const preSkipSamplesAtMost = 65_535;

/** The first Opus track of a WebM or Matroska file, also one that a browser records live, and of files that follow it. */
export class WebmOpusDemuxer implements OpusDemuxer {
  readonly container = 'webm';
  private readonly walk = new WebmWalk();
  private tracks = new WebmTracks();
  private track: number | undefined;
  private readonly header = new WebmHeader();
  /** Blocks. */
  private readonly recent = new RecentPackets(preRollSamples);
  /** The block of a group, which may say after it how much of it does not count. */
  private grouped: Uint8Array | undefined;
  private groupDiscard = 0;

  get truncation(): string | undefined {
    return this.walk.truncation;
  }

  get heldBytes(): number {
    return this.walk.heldBytes;
  }

  resumption(): Uint8Array {
    const { grouped, header, recent, track, walk } = this;
    const cluster = track === undefined ? [] : [writeElement(webmIds.cluster)];
    const blocks = recent.all.map((block) => writeElement(webmIds.simpleBlock, block));
    const group = grouped ? [writeElement(webmIds.blockGroup), writeElement(webmIds.block, grouped)] : [];
    return joinBytes([header.bytes, ...cluster, ...blocks, ...group, walk.resumption()]);
  }

  get recentPackets(): readonly Uint8Array[] {
    return this.recent.all.flatMap((block) => readWebmBlock(block)!.frames);
  }

  *push(bytes: Uint8Array): Generator<OpusPart, void, undefined> {
    for (const element of this.walk.push(bytes)) yield* this.read(element);
  }

  *flush(): Generator<OpusPart, void, undefined> {
    yield* this.endGroup();
  }

  private *read(element: WebmElement): Generator<OpusPart, void, undefined> {
    const { id, data } = element;
    if (id === webmIds.discardPadding) {
      const discarded = (readSigned(data.subarray(0, 8)) / nsPerSecond) * opusRateHz;
      this.groupDiscard = Math.max(0, Math.round(discarded));
      return;
    }
    if (id === webmIds.block) {
      // The group may go on in the next piece.
      this.grouped = data.slice();
      return;
    }
    yield* this.endGroup();
    if (id === webmIds.ebml) {
      this.tracks = new WebmTracks();
      this.useTrack(undefined);
      this.header.clear();
      this.header.push(element);
    } else if (id === webmIds.cluster) {
      yield* this.begin();
    } else if (id === webmIds.simpleBlock) {
      yield* this.readBlock(data, 0);
    } else if (this.track === undefined) {
      this.header.push(element);
      this.tracks.push(element);
    }
  }

  private *endGroup(): Generator<OpusPart, void, undefined> {
    const { grouped, groupDiscard } = this;
    this.grouped = undefined;
    this.groupDiscard = 0;
    if (grouped !== undefined) yield* this.readBlock(grouped, groupDiscard);
  }

  /** Chooses the track at the first cluster. */
  private *begin(): Generator<OpusPart, void, undefined> {
    if (this.track !== undefined) return;
    const track = this.tracks.audioTrack('A_OPUS', 'Opus');
    this.useTrack(track.number);
    const { channels, codecDelayNs, codecPrivate } = track;
    const preSkip = Math.min(preSkipSamplesAtMost, Math.round((codecDelayNs / nsPerSecond) * opusRateHz));
    const head: OpusHead =
      codecPrivate === undefined ? opusHeadFor(channels, preSkip) : readOpusHead(codecPrivate);
    yield { type: 'head', head };
  }

  private useTrack(track: number | undefined): void {
    this.track = track;
    this.walk.wantedTrack = track;
    this.recent.clear();
  }

  private *readBlock(bytes: Uint8Array, discardSamples: number): Generator<OpusPart, void, undefined> {
    yield* this.begin();
    const block = readWebmBlock(bytes);
    if (block === undefined || block.track !== this.track) return;
    const durations = block.frames.map(opusPacketSamples);
    let after = durations.reduce((sum, samples) => sum + samples, 0);
    if (after > 0) this.recent.push(bytes, after);
    for (const [at, frame] of block.frames.entries()) {
      after -= durations[at]!;
      const discarded = Math.min(durations[at]!, Math.max(0, discardSamples - after));
      yield { type: 'packet', bytes: frame, discardSamples: discarded };
    }
  }
}
