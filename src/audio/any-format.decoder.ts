import { SpeechError } from '../common/errors/speech-error.js';
import type {
  AudioDecoder,
  CodecDecoder,
  CodecState,
  ProgramDecoder,
  ProgramOutput,
} from './audio-decoder.js';
import type { AudioFormat, DeclaredFormat } from './audio.types.js';
import type { BlockSplitter } from './decoders/block-splitter.js';
import { FfmpegDecoder } from './decoders/ffmpeg/ffmpeg.decoder.js';
import type { FfmpegProgram } from './decoders/ffmpeg/ffmpeg-command.js';
import { RawDecoder } from './decoders/raw.decoder.js';
import { FormatDetector } from './format-detector.js';
import type { DetectedFormat } from './format-detector.js';
import { demuxerOf, inputFormatOf, unsupportedFormat } from './input-formats.js';

/** A compressed input in the middle: another decoder can go on with it. */
export interface CodecPoint {
  readonly container: string;
  readonly tagBytes: number;
  readonly codec: CodecState;
}

type AnyDecoder = AudioDecoder | CodecDecoder | ProgramDecoder;

/**
 * Decodes an input of any format that is accepted, compressed ones included. Only for a process that can be killed: packages
 * read the bytes of clients.
 */
export class AnyFormatDecoder implements ProgramDecoder {
  private readonly raw: RawDecoder | undefined;
  private readonly detector: FormatDetector;
  /** They precede what is decoded. */
  private tagBytes = 0;
  private container: string | undefined;
  private decoder: AnyDecoder | undefined;
  private isDecoded = false;
  /** ffmpeg has to read the input from its beginning. */
  private beginsAgain = false;

  /**
   * @param ffmpeg decodes what is not decoded here; undefined where it is not turned on
   * @throws SpeechError AUDIO_INVALID_RATE, AUDIO_INVALID_CHANNELS for a wrong declaration
   */
  constructor(
    declared?: DeclaredFormat,
    private readonly ffmpeg?: FfmpegProgram,
  ) {
    this.raw = declared && new RawDecoder(declared);
    this.detector = new FormatDetector(declared !== undefined);
  }

  get format(): AudioFormat | undefined {
    return this.decoder?.format;
  }

  get nextOffset(): number | undefined {
    const { decoder, tagBytes } = this;
    if (this.beginsAgain) return tagBytes;
    const offset = decoder && 'nextOffset' in decoder ? decoder.nextOffset : undefined;
    return offset === undefined ? undefined : tagBytes + offset;
  }

  /** See `CodecDecoder`. */
  get truncation(): string | undefined {
    return this.decoder && 'truncation' in this.decoder ? this.decoder.truncation : undefined;
  }

  durationOf(totalBytes: number): number | undefined {
    return this.decoder?.durationOf(totalBytes);
  }

  async *push(bytes: Uint8Array): AsyncGenerator<ProgramOutput, void, undefined> {
    this.beginsAgain = false;
    if (this.decoder) {
      yield* this.decode(this.decoder, (decoder) => decoder.push(bytes));
      return;
    }
    const detected = this.detector.push(bytes);
    if (detected) yield* this.begin(detected);
  }

  async *flush(): AsyncGenerator<ProgramOutput, void, undefined> {
    if (!this.decoder) yield* this.begin(this.detector.flush());
    // Bytes of another offset are wanted first.
    if (this.nextOffset === undefined) yield* this.decode(this.decoder!, (decoder) => decoder.flush());
  }

  /** Of an input of samples. */
  get blocks(): BlockSplitter | undefined {
    const decoder = this.decoder ?? this.raw;
    return decoder && 'blocks' in decoder ? decoder.blocks : undefined;
  }

  /** Between two pushes; undefined if another decoder cannot go on with the input here. */
  get point(): CodecPoint | undefined {
    const { container, decoder, tagBytes, isDecoded } = this;
    // Before the first samples, ffmpeg may have to read it from its beginning.
    if (!isDecoded || container === undefined || decoder === undefined || !('state' in decoder))
      return undefined;
    const codec = decoder.state();
    return codec && { container, tagBytes, codec };
  }

  /** Goes on with an input; to be called before anything is pushed. @throws Error for a point of another kind of decoder */
  async resume({ container, tagBytes, codec }: CodecPoint): Promise<void> {
    this.tagBytes = tagBytes;
    this.decoder = await this.open(container);
    this.isDecoded = true;
    if (!('restore' in this.decoder)) throw new Error(`${container} cannot be resumed.`);
    await this.decoder.restore(codec);
  }

  dispose(): void {
    if (this.decoder && 'dispose' in this.decoder) this.decoder.dispose();
  }

  private async *begin({
    container,
    bytes,
    tagBytes,
  }: DetectedFormat): AsyncGenerator<ProgramOutput, void, undefined> {
    this.tagBytes = tagBytes;
    this.decoder = container === undefined && this.raw ? this.raw : await this.open(container);
    yield* this.decode(this.decoder, (decoder) => decoder.push(bytes));
  }

  private async open(container: string | undefined): Promise<AnyDecoder> {
    this.container = container;
    const format = inputFormatOf(container);
    if (format.kind !== 'ffmpeg') return format.open();
    if (this.ffmpeg !== undefined) return new FfmpegDecoder(this.ffmpeg, format);
    throw unsupportedFormat(container);
  }

  private async *decode(
    decoder: AnyDecoder,
    step: (decoder: AnyDecoder) => ReturnType<AnyDecoder['push']>,
  ): AsyncGenerator<ProgramOutput, void, undefined> {
    try {
      for await (const output of outputsOf(step(decoder))) {
        this.isDecoded ||= output !== 'waiting';
        yield output;
      }
    } catch (error) {
      if (!this.passToFfmpeg(decoder, error)) throw error;
    }
  }

  /** Containers that are decoded here hold codecs that are not. @returns false if that is not the reason */
  private passToFfmpeg(decoder: AnyDecoder, error: unknown): boolean {
    const isForeign = error instanceof SpeechError && error.code === 'AUDIO_UNSUPPORTED_FORMAT';
    const demuxer = demuxerOf(this.container);
    if (!isForeign || this.isDecoded || demuxer === undefined || decoder instanceof FfmpegDecoder)
      return false;
    if (this.ffmpeg === undefined) throw withHint(error);
    this.dispose();
    this.decoder = new FfmpegDecoder(this.ffmpeg, { name: this.container!, demuxer });
    this.beginsAgain = true;
    return true;
  }
}

function withHint(error: SpeechError): SpeechError {
  return new SpeechError(error.code, `${error.message} Others are decoded where the operator sets FFMPEG.`);
}

/** The chunks of any kind of decoder. */
function outputsOf(
  decoded: ReturnType<AnyDecoder['push']>,
): Iterable<ProgramOutput> | AsyncIterable<ProgramOutput> {
  if (decoded === undefined) return [];
  return 'samples' in decoded ? [decoded] : decoded;
}
