import { SpeechError } from '../../../common/errors/speech-error.js';
import type { AudioDecoder } from '../../audio-decoder.js';
import type { AudioFormat, PcmChunk } from '../../audio.types.js';
import { BlockSplitter } from '../block-splitter.js';
import { WavChunkWalk } from './wav-chunk-walk.js';
import type { WavFormat } from './wav-format.js';
import { WavHeaderSearch } from './wav-header-search.js';

/** So much behind the claimed samples may be tags and pictures. */
const metadataBytes = 1_048_576;

/**
 * WAV as it is found in the wild: sizes that lie, files cut short, chunks of all kinds, a header before each piece of a
 * live stream, and files that were joined. All samples are heard; another header of the same format goes on with them.
 * The package `wavefile` wants a whole and sound file in memory, so here it only serves the tests, as what this is
 * compared with.
 */
export class WavDecoder implements AudioDecoder {
  private readonly search = new WavHeaderSearch();
  /** Of the first header. */
  private readonly first = new WavChunkWalk();
  private walk: WavChunkWalk | undefined;
  private blocks: BlockSplitter | undefined;
  private found: AudioFormat | undefined;
  private empty = true;
  /** Of bytes behind samples that are still to be heard; thrown afterwards. */
  private failure: Error | undefined;

  get format(): AudioFormat | undefined {
    return this.found;
  }

  durationOf(totalBytes: number): number | undefined {
    const { format, dataStart, dataBytes } = this.first;
    if (format === undefined || dataStart === undefined) return undefined;
    const rest = Math.max(0, totalBytes - dataStart);
    const bytes = rest > dataBytes + metadataBytes ? rest : Math.min(dataBytes, rest);
    const { blockBytes, framesPerBlock } = format.codec;
    return (Math.floor(bytes / blockBytes) * framesPerBlock) / format.sampleRate;
  }

  push(bytes: Uint8Array): PcmChunk | undefined {
    if (this.failure !== undefined) throw this.failure;
    const decoded: Float32Array[] = [];
    try {
      for (const stretch of this.search.push(bytes)) {
        if (stretch.beginsFile) this.walk = this.walk === undefined ? this.first : new WavChunkWalk();
        this.read(stretch.bytes, decoded);
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
      // Only when the samples begin is all known that the header has to say.
      if (walk.format === undefined || walk.dataStart === undefined) return;
      add(this.blocks?.flush(), decoded);
      this.begin(walk.format);
    }
    walk.push(bytes.subarray(from), (samples) => add(this.blocks?.push(samples), decoded));
  }

  private begin({ encoding, sampleRate, channels, codec }: WavFormat): void {
    const format = { container: 'wav', encoding, sampleRate, channels } as const;
    if (this.found !== undefined && told(this.found) !== told(format)) {
      throw new SpeechError(
        'AUDIO_CORRUPT',
        `A second WAV header says ${told(format)}, and the first one ${told(this.found)}.`,
      );
    }
    this.found = format;
    this.blocks = new BlockSplitter(codec);
  }

  private chunk(decoded: readonly Float32Array[]): PcmChunk | undefined {
    const [first] = decoded;
    if (first === undefined || this.found === undefined) return undefined;
    this.empty = false;
    const { sampleRate, channels } = this.found;
    return { samples: decoded.length === 1 ? first : joined(decoded), sampleRate, channels };
  }
}

function told({ encoding, sampleRate, channels }: AudioFormat): string {
  return `${encoding}, ${sampleRate} Hz, ${channels} channels`;
}

function add(samples: Float32Array | undefined, decoded: Float32Array[]): void {
  if (samples !== undefined) decoded.push(samples);
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
