import type { AudioDecoder, CodecDecoder } from './audio-decoder.js';
import type { AudioFormat, DeclaredFormat, PcmChunk } from './audio.types.js';
import { RawDecoder } from './decoders/raw.decoder.js';
import { FormatDetector } from './format-detector.js';
import type { DetectedFormat } from './format-detector.js';
import { inputFormatOf } from './input-formats.js';
import { joinChunks } from './join-samples.js';

/**
 * Decodes an input of any format that is accepted, compressed ones included. Only for a process that can be killed: packages
 * read the bytes of clients.
 */
export class AnyFormatDecoder implements CodecDecoder {
  private readonly raw: RawDecoder | undefined;
  private readonly detector: FormatDetector;
  private decoder: AudioDecoder | CodecDecoder | undefined;

  /** @throws SpeechError AUDIO_INVALID_RATE, AUDIO_INVALID_CHANNELS for a wrong declaration */
  constructor(declared?: DeclaredFormat) {
    this.raw = declared && new RawDecoder(declared);
    this.detector = new FormatDetector(declared !== undefined);
  }

  get format(): AudioFormat | undefined {
    return this.decoder?.format;
  }

  durationOf(totalBytes: number): number | undefined {
    return this.decoder?.durationOf(totalBytes);
  }

  async push(bytes: Uint8Array): Promise<PcmChunk | undefined> {
    if (this.decoder) return this.decoder.push(bytes);
    const detected = this.detector.push(bytes);
    return detected && this.begin(detected);
  }

  async flush(): Promise<PcmChunk | undefined> {
    if (this.decoder) return this.decoder.flush();
    const first = await this.begin(this.detector.flush());
    return joinChunks(first, await this.decoder!.flush());
  }

  dispose(): void {
    if (this.decoder && 'dispose' in this.decoder) this.decoder.dispose();
  }

  private async begin({ container, bytes }: DetectedFormat): Promise<PcmChunk | undefined> {
    if (container === undefined && this.raw) this.decoder = this.raw;
    else this.decoder = await inputFormatOf(container).open();
    return this.decoder.push(bytes);
  }
}
