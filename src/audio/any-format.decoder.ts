import type { AudioDecoder, CodecDecoder, PcmChunks } from './audio-decoder.js';
import type { AudioFormat, DeclaredFormat, PcmChunk } from './audio.types.js';
import { RawDecoder } from './decoders/raw.decoder.js';
import { hasMpegFrames } from './decoders/mp3/mpeg-search.js';
import { FormatDetector } from './format-detector.js';
import type { DetectedFormat } from './format-detector.js';
import { inputFormatOf } from './input-formats.js';

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

  async *push(bytes: Uint8Array): AsyncGenerator<PcmChunk, void, undefined> {
    if (this.decoder) {
      yield* chunksOf(this.decoder.push(bytes));
      return;
    }
    const detected = this.detector.push(bytes);
    if (detected) yield* this.begin(detected);
  }

  async *flush(): AsyncGenerator<PcmChunk, void, undefined> {
    if (!this.decoder) yield* this.begin(this.detector.flush());
    yield* chunksOf(this.decoder!.flush());
  }

  dispose(): void {
    if (this.decoder && 'dispose' in this.decoder) this.decoder.dispose();
  }

  private async *begin({ container, bytes }: DetectedFormat): AsyncGenerator<PcmChunk, void, undefined> {
    if (container === undefined && this.raw) this.decoder = this.raw;
    else this.decoder = await inputFormatOf(container ?? hiddenContainer(bytes)).open();
    yield* chunksOf(this.decoder.push(bytes));
  }
}

/** The chunks of either kind of decoder. */
function chunksOf(decoded: PcmChunk | undefined | PcmChunks): PcmChunks {
  if (decoded === undefined) return [];
  return 'samples' in decoded ? [decoded] : decoded;
}

/** Finds a format that does not begin with the first byte. */
function hiddenContainer(bytes: Uint8Array): string | undefined {
  return hasMpegFrames(bytes) ? 'MP3' : undefined;
}
