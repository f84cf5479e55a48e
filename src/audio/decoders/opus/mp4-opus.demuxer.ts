import { SpeechError } from '../../../common/errors/speech-error.js';
import { RecentPackets } from '../recent-packets.js';
import { preRollSamples } from './opus-demuxer.js';
import type { OpusDemuxer, OpusPart } from './opus-demuxer.js';
import { readOpusHead } from './opus-head.js';
import type { OpusHead } from './opus-head.js';
import { opusPacketSamples } from './opus-packet.js';

const magic = [0x4f, 0x70, 0x75, 0x73, 0x48, 0x65, 0x61, 0x64];
/** Of the header without a mapping of the channels. */
const shortestBytes = 11;

/** Gives the packets of Opus in MP4: each pushed piece is one. */
export class Mp4OpusDemuxer implements OpusDemuxer {
  readonly container = 'mp4';
  readonly heldBytes = 0;
  readonly truncation = undefined;
  private head: OpusHead | undefined;
  private readonly recent = new RecentPackets(preRollSamples);

  /** @param dOps content of the box with the header. @throws SpeechError AUDIO_* */
  constructor(dOps: Uint8Array) {
    this.head = readOpusHead(oggHeadOf(dOps));
  }

  *push(bytes: Uint8Array): Generator<OpusPart, void, undefined> {
    const { head } = this;
    this.head = undefined;
    if (head !== undefined) yield { type: 'head', head };
    if (bytes.length === 0) return;
    const samples = opusPacketSamples(bytes);
    if (samples > 0) this.recent.push(bytes, samples);
    yield { type: 'packet', bytes, discardSamples: 0 };
  }

  get recentPackets(): readonly Uint8Array[] {
    return this.recent.all;
  }

  /** That of the MP4 file has it all. */
  resumption(): Uint8Array {
    return new Uint8Array(0);
  }

  flush(): Iterable<OpusPart> {
    return [];
  }
}

/** The same header as in Ogg, where its numbers are little-endian. */
function oggHeadOf(dOps: Uint8Array): Uint8Array {
  if (dOps.length < shortestBytes) {
    throw new SpeechError('AUDIO_CORRUPT', 'The MP4 file has no header of its Opus stream.');
  }
  const head = Uint8Array.of(...magic, ...dOps);
  const from = new DataView(dOps.buffer, dOps.byteOffset, dOps.length);
  const to = new DataView(head.buffer, magic.length);
  to.setUint8(0, 1);
  to.setUint16(2, from.getUint16(2), true);
  to.setUint32(4, from.getUint32(4), true);
  to.setInt16(8, from.getInt16(8), true);
  return head;
}
