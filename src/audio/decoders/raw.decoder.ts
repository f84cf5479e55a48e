import { SpeechError } from '../../common/errors/speech-error.js';
import type { AudioDecoder } from '../audio-decoder.js';
import type { AudioFormat, DeclaredFormat, PcmChunk } from '../audio.types.js';
import { BlockSplitter } from './block-splitter.js';
import { createDeclaredFormat } from './sample-format.js';

/** Decodes samples without a header, in the format that the client declared. */
export class RawDecoder implements AudioDecoder {
  readonly format: AudioFormat;
  readonly blocks: BlockSplitter;
  private readonly bytesPerSecond: number;
  private empty = true;

  /** @throws SpeechError AUDIO_INVALID_RATE, AUDIO_INVALID_CHANNELS */
  constructor(declared: DeclaredFormat) {
    const { encoding, sampleRate, channels, codec } = createDeclaredFormat(declared);
    this.format = { container: 'raw', encoding, sampleRate, channels };
    this.blocks = new BlockSplitter(codec);
    this.bytesPerSecond = (codec.blockBytes / codec.framesPerBlock) * sampleRate;
  }

  durationOf(totalBytes: number): number {
    return totalBytes / this.bytesPerSecond;
  }

  push(bytes: Uint8Array): PcmChunk | undefined {
    const samples = this.blocks.push(bytes);
    if (samples === undefined) return undefined;
    this.empty = false;
    return { samples, sampleRate: this.format.sampleRate, channels: this.format.channels };
  }

  /** Discards an incomplete last frame. */
  flush(): undefined {
    if (this.empty) throw new SpeechError('AUDIO_EMPTY', 'The audio has no samples.');
    return undefined;
  }
}
