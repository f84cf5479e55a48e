import { restoreState, stateOf } from '../../../common/object-state.js';
import type { ObjectState } from '../../../common/object-state.js';
import type { CodecDecoder, CodecState } from '../../audio-decoder.js';
import type { AudioFormat, PcmChunk } from '../../audio.types.js';
import { OggLinks } from '../ogg/ogg-links.js';
import type { OggPart } from '../ogg/ogg-links.js';
import { FlacDecoder } from './flac.decoder.js';

/** A frame has a tenth of that. */
const packetBytesAtMost = 1_048_576;
/** Before the marker of FLAC: the magic, the version and a number of packets. */
const headBytes = 9;
/** The marker, then the header of the block STREAMINFO. */
const firstBlockOffset = 4;
const lastBlockFlag = 0x80;

/** Decodes FLAC in Ogg: the packets are those of a FLAC file, one block or frame each. */
export class OggFlacDecoder implements CodecDecoder {
  private readonly links = new OggLinks('FLAC', packetBytesAtMost);
  private readonly flac = new FlacDecoder('ogg');
  private head: Uint8Array | undefined;

  get format(): AudioFormat | undefined {
    return this.flac.format;
  }

  get truncation(): string | undefined {
    return this.flac.truncation ?? this.links.truncation;
  }

  get heldBytes(): number {
    return this.links.heldBytes;
  }

  resumption(): Uint8Array {
    return this.links.resumption(this.head === undefined ? [] : [this.head]);
  }

  state(): CodecState | undefined {
    const flac = this.flac.state();
    if (flac === undefined) return undefined;
    return {
      resumption: flac.resumption,
      values: { links: stateOf(this.links), head: this.head, flac: flac.values },
    };
  }

  restore({ resumption, values }: CodecState): void {
    this.flac.restore({ resumption, values: values['flac'] as ObjectState });
    restoreState(this.links, values['links'] as ObjectState);
    this.head = values['head'] as Uint8Array;
  }

  durationOf(): number | undefined {
    return this.flac.durationOf();
  }

  *push(bytes: Uint8Array): Generator<PcmChunk, void, undefined> {
    for (const part of this.links.push(bytes)) yield* this.decode(part);
  }

  *flush(): Generator<PcmChunk, void, undefined> {
    for (const part of this.links.flush()) yield* this.decode(part);
    yield* this.flac.flush();
  }

  dispose(): void {
    this.flac.dispose();
  }

  private *decode({ beginsLink, packets }: OggPart): Generator<PcmChunk, void, undefined> {
    if (beginsLink) this.head = packets[0]!.slice();
    for (const [at, packet] of packets.entries()) {
      if (beginsLink && at === 0) yield* this.flac.push(onlyBlock(packet));
      else if (packet[0] === 0xff) yield* this.flac.push(packet);
    }
  }
}

/** The other blocks are left out, so that pictures cost nothing. */
function onlyBlock(packet: Uint8Array): Uint8Array {
  const head = packet.slice(headBytes);
  if (head.length > firstBlockOffset) head[firstBlockOffset]! |= lastBlockFlag;
  return head;
}
