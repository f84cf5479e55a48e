import { SpeechError } from '../../../common/errors/speech-error.js';
import type { AudioDecoder } from '../../audio-decoder.js';
import type { AudioFormat, PcmChunk } from '../../audio.types.js';
import { BlockSplitter } from '../block-splitter.js';
import { WavChunkWalk } from './wav-chunk-walk.js';

/**
 * WAV as it is found in the wild: sizes that lie, files cut short, chunks of all kinds, in pieces of any size. The package
 * `wavefile` wants a whole and sound file in memory, so here it only serves the tests, as what this is compared with.
 */
export class WavDecoder implements AudioDecoder {
  private readonly walk = new WavChunkWalk();
  private blocks: BlockSplitter | undefined;
  private found: AudioFormat | undefined;
  private empty = true;

  get format(): AudioFormat | undefined {
    return this.found;
  }

  durationOf(totalBytes: number): number | undefined {
    const { format, dataStart, dataBytes } = this.walk;
    if (format === undefined || dataStart === undefined) return undefined;
    const bytes = Math.max(0, Math.min(dataBytes, totalBytes - dataStart));
    const { blockBytes, framesPerBlock } = format.codec;
    return (Math.floor(bytes / blockBytes) * framesPerBlock) / format.sampleRate;
  }

  push(bytes: Uint8Array): PcmChunk | undefined {
    const samples = this.walk.push(bytes);
    // Only when the samples begin is all known that the header has to say.
    if (this.found === undefined && this.walk.format !== undefined && this.walk.dataStart !== undefined) {
      const { encoding, sampleRate, channels, codec } = this.walk.format;
      this.found = { container: 'wav', encoding, sampleRate, channels };
      this.blocks = new BlockSplitter(codec);
    }
    return samples === undefined ? undefined : this.chunk(this.blocks?.push(samples));
  }

  flush(): PcmChunk | undefined {
    const last = this.chunk(this.blocks?.flush());
    if (this.found === undefined) {
      throw new SpeechError('AUDIO_CORRUPT', 'The WAV file ends before its samples begin.');
    }
    if (this.empty) throw new SpeechError('AUDIO_EMPTY', 'The WAV file has no samples.');
    return last;
  }

  private chunk(samples: Float32Array | undefined): PcmChunk | undefined {
    if (samples === undefined || this.found === undefined) return undefined;
    this.empty = false;
    return { samples, sampleRate: this.found.sampleRate, channels: this.found.channels };
  }
}
