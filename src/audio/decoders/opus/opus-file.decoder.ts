import { SpeechError } from '../../../common/errors/speech-error.js';
import { restoreState, stateOf } from '../../../common/object-state.js';
import type { CodecDecoder, CodecState } from '../../audio-decoder.js';
import type { AudioFormat, PcmChunk } from '../../audio.types.js';
import { joinSamples } from '../../join-samples.js';
import type { OpusDemuxer, OpusPart } from './opus-demuxer.js';
import { opusRateHz } from './opus-head.js';
import type { OpusHead } from './opus-head.js';
import { opusPacketSamples } from './opus-packet.js';
import { OpusStreamDecoder } from './opus-stream-decoder.js';

const noBytes = new Uint8Array(0);
const chunkSeconds = 2;
const names = { ogg: 'Ogg', webm: 'WebM', mp4: 'MP4' } as const;
/** Packets that cannot be decoded cost as much time as others; a stream with this much more of these is not read to its end. */
const refusedAheadSeconds = 0.5;

/** Decodes an Opus stream in a container. A packet that cannot be decoded is left out; a file of such packets is rejected. */
export class OpusFileDecoder implements CodecDecoder {
  private stream: OpusStreamDecoder | undefined;
  /** Of the stream that was joined last. */
  private head: OpusHead | undefined;
  private found: AudioFormat | undefined;
  private decodedPackets = 0;
  private refusedPackets = 0;
  private refusedAheadSamples = 0;
  private hasSamples = false;

  constructor(private readonly demuxer: OpusDemuxer) {}

  get format(): AudioFormat | undefined {
    return this.found;
  }

  get truncation(): string | undefined {
    return this.demuxer.truncation;
  }

  get heldBytes(): number {
    return this.demuxer.heldBytes;
  }

  resumption(): Uint8Array {
    return this.demuxer.resumption();
  }

  /** Near: the package is given the last packets again, see `preRollSamples`. Everything else is exact. */
  state(): CodecState | undefined {
    const { stream, ...own } = this;
    if (stream === undefined) return undefined;
    return { resumption: noBytes, values: { ...stateOf(own), leftToSkip: stream.leftToSkip } };
  }

  async restore({ values }: CodecState): Promise<void> {
    const { leftToSkip, ...own } = values;
    this.head = own['head'] as OpusHead;
    this.found = own['found'] as AudioFormat;
    restoreState(this, own);
    this.stream = await OpusStreamDecoder.open(this.head);
    for (const packet of this.demuxer.recentPackets) this.stream.decode(packet, 0);
    this.stream.leftToSkip = leftToSkip as number;
  }

  private get name(): string {
    return names[this.demuxer.container];
  }

  /** The durations in headers are often missing, and never needed: decoding is limited all the same. */
  durationOf(): undefined {
    return undefined;
  }

  push(bytes: Uint8Array): AsyncGenerator<PcmChunk, void, undefined> {
    return this.decode(this.demuxer.push(bytes));
  }

  async *flush(): AsyncGenerator<PcmChunk, void, undefined> {
    yield* this.decode(this.demuxer.flush());
    const { name } = this;
    if (this.found === undefined) {
      throw new SpeechError('AUDIO_CORRUPT', `The ${name} file ends before its Opus stream begins.`);
    }
    if (this.refusedPackets > this.decodedPackets) throw this.mostlyRefused();
    if (!this.hasSamples) throw new SpeechError('AUDIO_EMPTY', `The ${name} file has no samples.`);
  }

  dispose(): void {
    this.stream?.dispose();
    this.stream = undefined;
  }

  private async *decode(parts: Iterable<OpusPart>): AsyncGenerator<PcmChunk, void, undefined> {
    let decoded: Float32Array[] = [];
    let samples = 0;
    let failure: Error | undefined;
    try {
      for (const part of parts) {
        if (part.type === 'head') {
          if (samples > 0) yield this.chunkOf(decoded);
          decoded = [];
          samples = 0;
          this.begin(part.head);
          continue;
        }
        const block = await this.decodePacket(part.bytes, part.discardSamples);
        if (block === undefined) continue;
        decoded.push(block);
        samples += block.length;
        if (samples < chunkSeconds * opusRateHz * this.stream!.channels) continue;
        yield this.chunkOf(decoded);
        decoded = [];
        samples = 0;
      }
    } catch (error) {
      failure = error as Error;
    }
    if (samples > 0) yield this.chunkOf(decoded);
    if (failure !== undefined) throw failure;
  }

  private async decodePacket(bytes: Uint8Array, discardSamples: number): Promise<Float32Array | undefined> {
    // The package takes some milliseconds to begin, so it does not before audio comes.
    if (this.head !== undefined) this.stream ??= await OpusStreamDecoder.open(this.head);
    const block = this.stream?.decode(bytes, discardSamples);
    const samples = opusPacketSamples(bytes);
    if (block === undefined) this.refusedPackets++;
    else this.decodedPackets++;
    this.refusedAheadSamples += block === undefined ? samples : -samples;
    if (this.refusedAheadSamples > refusedAheadSeconds * opusRateHz) throw this.mostlyRefused();
    if (block === undefined || block.length === 0) return undefined;
    this.hasSamples = true;
    return block;
  }

  private begin(head: OpusHead): void {
    this.dispose();
    this.head = head;
    const { container } = this.demuxer;
    this.found ??= { container, encoding: 'opus', sampleRate: opusRateHz, channels: head.channels };
  }

  private mostlyRefused(): SpeechError {
    return new SpeechError(
      'AUDIO_CORRUPT',
      `Most packets of the ${this.name} file cannot be decoded as Opus.`,
    );
  }

  private chunkOf(decoded: readonly Float32Array[]): PcmChunk {
    return { samples: joinSamples(decoded), sampleRate: opusRateHz, channels: this.stream!.channels };
  }
}
