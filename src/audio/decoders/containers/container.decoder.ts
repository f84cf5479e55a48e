import { SpeechError } from '../../../common/errors/speech-error.js';
import type { AudioDecoder } from '../../audio-decoder.js';
import type { AudioFormat, PcmChunk } from '../../audio.types.js';
import { joinSamples } from '../../join-samples.js';
import { BlockSplitter } from '../block-splitter.js';
import { secondsOfSamples } from '../container-header.js';
import { HeaderReader } from './header-reader.js';
import type { HeaderReading } from './header-reading.js';
import { SamplesEnd } from './samples-end.js';

/** Decodes a container whose samples follow one header. */
export class ContainerDecoder implements AudioDecoder {
  private readonly header: HeaderReader;
  blocks: BlockSplitter | undefined;
  private end: SamplesEnd | undefined;
  private found: AudioFormat | undefined;
  private empty = true;

  /** @param name the container, for messages */
  constructor(
    private readonly container: AudioFormat['container'],
    private readonly name: string,
    reading: HeaderReading,
  ) {
    this.header = new HeaderReader(reading);
  }

  get format(): AudioFormat | undefined {
    return this.found;
  }

  durationOf(totalBytes: number): number | undefined {
    return secondsOfSamples(this.header, totalBytes);
  }

  push(bytes: Uint8Array): PcmChunk | undefined {
    const from = this.header.push(bytes);
    const { format, dataBytes, trailer } = this.header;
    if (format === undefined) return undefined;
    if (this.found === undefined) {
      const { encoding, sampleRate, channels, codec } = format;
      this.found = { container: this.container, encoding, sampleRate, channels };
      this.blocks = new BlockSplitter(codec);
      this.end = new SamplesEnd(dataBytes, trailer);
    }
    const decoded: Float32Array[] = [];
    this.end!.push(bytes.subarray(from), (samples) => add(this.blocks!.push(samples), decoded));
    return this.chunk(decoded);
  }

  flush(): PcmChunk | undefined {
    if (this.found === undefined)
      throw new SpeechError('AUDIO_CORRUPT', `The ${this.name} file ends before its samples begin.`);
    const decoded: Float32Array[] = [];
    this.end!.flush((samples) => add(this.blocks!.push(samples), decoded));
    add(this.blocks!.flush(), decoded);
    const last = this.chunk(decoded);
    if (this.empty) throw new SpeechError('AUDIO_EMPTY', `The ${this.name} file has no samples.`);
    return last;
  }

  private chunk(decoded: readonly Float32Array[]): PcmChunk | undefined {
    if (decoded.length === 0 || this.found === undefined) return undefined;
    this.empty = false;
    const { sampleRate, channels } = this.found;
    return { samples: joinSamples(decoded), sampleRate, channels };
  }
}

function add(samples: Float32Array | undefined, decoded: Float32Array[]): void {
  if (samples !== undefined) decoded.push(samples);
}
