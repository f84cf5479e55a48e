import type { AudioDecoder, CodecDecoder, PcmChunks } from './audio-decoder.js';
import type { AudioFormat, DeclaredFormat, PcmChunk } from './audio.types.js';
import { ByteWindow } from './byte-window.js';
import { RawDecoder } from './decoders/raw.decoder.js';
import { hasMpegFrames, searchedBytes } from './decoders/mp3/mpeg-search.js';
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
  /** The beginning of an input without a signature, in which frames of MP3 are looked for. */
  private unknown: ByteWindow | undefined;

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
    const detected = this.unknown ? { container: undefined, bytes } : this.detector.push(bytes);
    if (detected) yield* this.begin(detected, false);
  }

  async *flush(): AsyncGenerator<PcmChunk, void, undefined> {
    if (this.unknown) yield* this.begin({ container: undefined, bytes: new Uint8Array(0) }, true);
    else if (!this.decoder) yield* this.begin(this.detector.flush(), true);
    yield* chunksOf(this.decoder!.flush());
  }

  dispose(): void {
    if (this.decoder && 'dispose' in this.decoder) this.decoder.dispose();
  }

  private async *begin(
    { container, bytes }: DetectedFormat,
    last: boolean,
  ): AsyncGenerator<PcmChunk, void, undefined> {
    if (container === undefined && this.raw === undefined) {
      yield* this.beginUnknown(bytes, last);
      return;
    }
    this.decoder = container === undefined ? this.raw! : await inputFormatOf(container).open();
    yield* chunksOf(this.decoder.push(bytes));
  }

  /** Frames of MP3 need not begin with the first byte, so that the first piece may be too short to find them. */
  private async *beginUnknown(bytes: Uint8Array, last: boolean): AsyncGenerator<PcmChunk, void, undefined> {
    this.unknown ??= new ByteWindow();
    this.unknown.push(bytes);
    if (this.unknown.length < searchedBytes && !last) return;
    const all = this.unknown.view();
    this.unknown = undefined;
    this.decoder = await inputFormatOf(hasMpegFrames(all) ? 'MP3' : undefined).open();
    yield* chunksOf(this.decoder.push(all));
  }
}

/** The chunks of either kind of decoder. */
function chunksOf(decoded: PcmChunk | undefined | PcmChunks): PcmChunks {
  if (decoded === undefined) return [];
  return 'samples' in decoded ? [decoded] : decoded;
}
