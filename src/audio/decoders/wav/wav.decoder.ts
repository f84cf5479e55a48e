import { SpeechError } from '../../../common/errors/speech-error.js';
import type { AudioDecoder } from '../../audio-decoder.js';
import type { AudioFormat, PcmChunk } from '../../audio.types.js';
import { joinSamples } from '../../join-samples.js';
import { BlockSplitter } from '../block-splitter.js';
import { secondsOfSamples } from '../container-header.js';
import type { SampleFormat } from '../sample-format.js';
import { WavChunkWalk } from './wav-chunk-walk.js';
import { WavHeaderSearch } from './wav-header-search.js';

/**
 * Decodes WAV files as they occur in practice: with wrong sizes, cut short, with chunks of all kinds, with a header
 * before each piece of a live stream, and joined to one another. It decodes all samples; a further header of the same
 * format continues them. The package `wavefile` needs a complete and valid file in memory, so it serves only as a
 * reference in tests.
 */
export class WavDecoder implements AudioDecoder {
  private readonly search = new WavHeaderSearch();
  private readonly firstWalk = new WavChunkWalk();
  private walk: WavChunkWalk | undefined;
  blocks: BlockSplitter | undefined;
  private found: AudioFormat | undefined;
  private empty = true;
  /** An error in bytes that follow decoded samples: thrown by the next call, after those samples were returned. */
  private failure: Error | undefined;

  get format(): AudioFormat | undefined {
    return this.found;
  }

  durationOf(totalBytes: number): number | undefined {
    return secondsOfSamples(this.firstWalk, totalBytes);
  }

  push(bytes: Uint8Array): PcmChunk | undefined {
    if (this.failure !== undefined) throw this.failure;
    const decoded: Float32Array[] = [];
    try {
      for (const part of this.search.push(bytes)) {
        if (part.beginsFile) this.walk = this.walk === undefined ? this.firstWalk : new WavChunkWalk();
        this.read(part.bytes, decoded);
      }
    } catch (error) {
      if (decoded.length === 0) throw error;
      this.failure = error as Error;
    }
    return this.chunk(decoded);
  }

  flush(): PcmChunk | undefined {
    if (this.failure !== undefined) throw this.failure;
    const decoded: Float32Array[] = [];
    this.read(this.search.flush(), decoded);
    add(this.blocks?.flush(), decoded);
    if (this.found === undefined) {
      throw new SpeechError('AUDIO_CORRUPT', 'The WAV file ends before its samples begin.');
    }
    const last = this.chunk(decoded);
    if (this.empty) throw new SpeechError('AUDIO_EMPTY', 'The WAV file has no samples.');
    return last;
  }

  private read(bytes: Uint8Array, decoded: Float32Array[]): void {
    const { walk } = this;
    if (walk === undefined) return;
    let from = 0;
    if (walk.dataStart === undefined) {
      from = walk.push(bytes);
      // The header is complete only when the samples begin.
      if (walk.format === undefined || walk.dataStart === undefined) return;
      add(this.blocks?.flush(), decoded);
      this.begin(walk.format);
    }
    walk.push(bytes.subarray(from), (samples) => add(this.blocks?.push(samples), decoded));
  }

  private begin({ encoding, sampleRate, channels, codec }: SampleFormat): void {
    const format = { container: 'wav', encoding, sampleRate, channels } as const;
    if (this.found !== undefined && describe(this.found) !== describe(format)) {
      throw new SpeechError(
        'AUDIO_CORRUPT',
        `The format of a second WAV header is ${describe(format)}, that of the first one is ${describe(this.found)}.`,
      );
    }
    this.found = format;
    this.blocks = new BlockSplitter(codec);
  }

  private chunk(decoded: readonly Float32Array[]): PcmChunk | undefined {
    if (decoded.length === 0 || this.found === undefined) return undefined;
    this.empty = false;
    const { sampleRate, channels } = this.found;
    return { samples: joinSamples(decoded), sampleRate, channels };
  }
}

function describe({ encoding, sampleRate, channels }: AudioFormat): string {
  return `${encoding}, ${sampleRate} Hz, ${channels} channels`;
}

function add(samples: Float32Array | undefined, decoded: Float32Array[]): void {
  if (samples !== undefined) decoded.push(samples);
}
