import type { OggVorbisDecoder } from '@wasm-audio-decoders/ogg-vorbis';
import { codecFrames, data, header, vorbisSetup } from 'codec-parser';
import type { OggPage } from 'codec-parser';
import { SpeechError } from '../../../common/errors/speech-error.js';

export interface VorbisOutput {
  /** Shape (channels, frames). */
  readonly channels: readonly Float32Array[];
  readonly frames: number;
  readonly errors: number;
}

/**
 * Decodes packets with `@wasm-audio-decoders/ogg-vorbis`, without the parser of that package: it does not check the sums of
 * pages, and does not know chained files.
 */
export class VorbisPacketDecoder {
  /** The packet with the codebooks. */
  setup: Uint8Array | undefined;
  /** The head of a stream whose audio has not begun. */
  private head: Uint8Array | undefined;

  constructor(private readonly decoder: OggVorbisDecoder) {}

  /** Begins a stream. The package takes some milliseconds for that, so it does not do it before audio comes. */
  begin(head: Uint8Array): void {
    this.setup = undefined;
    this.head = head.slice();
  }

  /** The package has the head, so that it can go on with audio. */
  get hasBegun(): boolean {
    return this.setup !== undefined && this.head === undefined;
  }

  /** The packet with the codebooks, before the first audio. */
  useSetup(packet: Uint8Array): void {
    this.setup = packet.slice();
  }

  get isReady(): boolean {
    return this.setup !== undefined;
  }

  /** @throws SpeechError AUDIO_CORRUPT */
  async decode(packets: readonly Uint8Array[]): Promise<VorbisOutput> {
    const { setup } = this;
    if (setup === undefined || packets.length === 0) return { channels: [], frames: 0, errors: 0 };
    const decoded = await this.run(async () => {
      await this.beginInPackage();
      return this.decoder.decodeOggPages([pageOf(setup, packets, setup)]);
    });
    return { channels: decoded.channelData, frames: decoded.samplesDecoded, errors: decoded.errors.length };
  }

  free(): void {
    try {
      this.decoder.free();
    } catch {
      // Its memory is gone with the object when it has failed before.
    }
  }

  private async beginInPackage(): Promise<void> {
    const { head } = this;
    if (head === undefined) return;
    this.head = undefined;
    await this.decoder.reset();
    await this.decoder.decodeOggPages([pageOf(head, [], head)]);
  }

  /** The package throws what is not an error when its memory, which cannot grow, is not enough for the codebooks. */
  private async run<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch {
      throw new SpeechError('AUDIO_CORRUPT', 'The Vorbis stream cannot be decoded.');
    }
  }
}

/** A page as the parser of the package would give it. */
function pageOf(bytes: Uint8Array, packets: readonly Uint8Array[], setup: Uint8Array): OggPage {
  const frames = packets.map((packet) => ({ [data]: packet, [header]: { [vorbisSetup]: setup } }));
  return { [data]: bytes, [codecFrames]: frames } as unknown as OggPage;
}
