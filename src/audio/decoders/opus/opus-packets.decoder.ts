import { SpeechError } from '../../../common/errors/speech-error.js';
import type { CodecDecoder } from '../../audio-decoder.js';
import type { AudioFormat, PcmChunk } from '../../audio.types.js';
import { opusHeadFor, opusRateHz } from './opus-head.js';
import { OpusStreamDecoder } from './opus-stream-decoder.js';

/** Decodes packets of Opus without a container: each piece is one. A packet that cannot be decoded is left out. */
export class OpusPacketsDecoder implements CodecDecoder {
  readonly format: AudioFormat;
  readonly heldBytes = 0;
  private decodedPackets = 0;
  private refusedPackets = 0;

  private constructor(private readonly stream: OpusStreamDecoder) {
    const { channels } = stream;
    this.format = { container: 'raw', encoding: 'opus', sampleRate: opusRateHz, channels };
  }

  static async open(channels: number): Promise<OpusPacketsDecoder> {
    return new OpusPacketsDecoder(await OpusStreamDecoder.open(opusHeadFor(channels, 0)));
  }

  /** A packet is decoded without those before it. */
  resumption(): Uint8Array {
    return new Uint8Array(0);
  }

  durationOf(): undefined {
    return undefined;
  }

  *push(packet: Uint8Array): Generator<PcmChunk, void, undefined> {
    const samples = this.stream.decode(packet, 0);
    if (samples === undefined) {
      this.refusedPackets++;
    } else {
      this.decodedPackets++;
      yield { samples, sampleRate: opusRateHz, channels: this.format.channels };
    }
  }

  flush(): readonly PcmChunk[] {
    if (this.refusedPackets > this.decodedPackets) {
      throw new SpeechError(
        'AUDIO_CORRUPT',
        'Most messages cannot be decoded as Opus. Each message has to be one packet.',
      );
    }
    return [];
  }

  dispose(): void {
    this.stream.dispose();
  }
}
