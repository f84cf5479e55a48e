import { AnyFormatDecoder } from '../audio/any-format.decoder.js';
import type { CodecPoint } from '../audio/any-format.decoder.js';
import type { ProgramOutput } from '../audio/audio-decoder.js';
import type { AudioFormat, DeclaredFormat, PcmChunk } from '../audio/audio.types.js';
import type { FfmpegProgram } from '../audio/decoders/ffmpeg/ffmpeg-command.js';
import { ResumePoints } from '../audio/resume-points.js';
import type { ResumePoint } from '../audio/resume-points.js';
import { SpeechError } from '../common/errors/speech-error.js';
import { restoreState, stateOf } from '../common/object-state.js';
import type { ObjectState } from '../common/object-state.js';
import { NormalizationChain } from './audio-normalizer.js';
import type { NormalizerOptions } from './audio-normalizer.js';
import { modelSampleRateHz } from './normalization.types.js';
import type { SignalStats } from './normalization.types.js';

/** Everything that is known about a recording before its bytes are read. */
export interface RecordingRequest {
  readonly declared: DeclaredFormat | undefined;
  /** Undefined where it is not turned on. */
  readonly ffmpeg?: FfmpegProgram | undefined;
  /** Bytes that it has at least; the exact number if it is known. */
  readonly leastBytes: number;
  readonly maxAudioSeconds: number;
  readonly normalizer: Omit<NormalizerOptions, 'mode'>;
}

/** A decoder with the audio before it: another one can go on from there, with the same samples bit for bit. */
export interface DecoderCheckpoint {
  readonly input: SamplesCheckpoint | CodecCheckpoint;
  readonly normalizer: ObjectState;
  readonly decodedSeconds: number;
}

/** A place in a recording of samples. */
interface SamplesCheckpoint {
  readonly samples: ResumePoint;
  /** Undefined where blocks are independent of one another. */
  readonly codec: ObjectState | undefined;
}

/** A place in a compressed recording. */
interface CodecCheckpoint {
  readonly point: CodecPoint;
  /** The format of all samples so far. */
  readonly audio: Omit<PcmChunk, 'samples'>;
}

/** Zeros are decoded in pieces of this size. */
const zeroBytes = 1_048_576;

/** Long enough that the fixed cost of a run of the voice activity model does not matter. */
const blockSeconds = 8;

/** Reports that another program decodes, and that others may go on meanwhile. */
const waiting = new Float32Array(0);

/** More than sums of durations are wrong by, and less than a sample lasts at any rate. */
const roundingSeconds = 1e-6;

/** A recording of exactly the limit is taken. @throws SpeechError AUDIO_TOO_LONG */
function checkDuration(seconds: number, limitSeconds: number): void {
  if (seconds <= limitSeconds + roundingSeconds) return;
  throw new SpeechError(
    'AUDIO_TOO_LONG',
    `The recording lasts ${seconds.toFixed(1)} s or more. The limit is ${limitSeconds} s.`,
  );
}

/** Decodes and normalizes one recording. It runs in a reading process, not in the process of the sockets. */
export class RecordingDecoder {
  private readonly decoder: AnyFormatDecoder;
  private readonly normalizer: NormalizationChain;
  private readonly blocks = new Blocks();
  private readonly points: ResumePoints;
  private decodedSeconds = 0;
  /** The format of the first samples. */
  private audio: Omit<PcmChunk, 'samples'> | undefined;
  /** All samples are in that format: the normalizer consists of what it says. */
  private isUniform = true;

  /** @throws SpeechError AUDIO_INVALID_RATE, AUDIO_INVALID_CHANNELS for a wrong declaration */
  constructor(
    private readonly request: RecordingRequest,
    after?: ResumePoint,
  ) {
    this.decoder = new AnyFormatDecoder(request.declared, request.ffmpeg);
    this.normalizer = new NormalizationChain({ ...request.normalizer, mode: 'recording' });
    this.points = new ResumePoints(request.declared, after);
  }

  /**
   * Goes on after the bytes that another decoder had read.
   * @throws SpeechError as the constructor, AUDIO_TOO_LONG; Error for a checkpoint that no decoder has made
   */
  static async resume(request: RecordingRequest, checkpoint: DecoderCheckpoint): Promise<RecordingDecoder> {
    const { input } = checkpoint;
    const resumed = new RecordingDecoder(request, 'point' in input ? undefined : input.samples);
    if ('point' in input) await resumed.resumeCodec(input);
    else await resumed.resumeSamples(input);
    restoreState(resumed.normalizer, checkpoint.normalizer);
    resumed.decodedSeconds = checkpoint.decodedSeconds;
    return resumed;
  }

  /** The state between two pieces; undefined if the input cannot be resumed there. */
  checkpoint(): DecoderCheckpoint | undefined {
    const { normalizer, decodedSeconds } = this;
    const input = this.samplesCheckpoint() ?? this.codecCheckpoint();
    if (input === undefined) return undefined;
    return { input, normalizer: stateOf(normalizer), decodedSeconds };
  }

  /** Undefined until the header has been read. */
  get format(): AudioFormat | undefined {
    return this.decoder.format;
  }

  /** Offset in the recording at which the next piece has to begin; undefined: where the one before ends. */
  get nextOffset(): number | undefined {
    return this.decoder.nextOffset;
  }

  /** After the last bytes, how the recording is cut short; undefined if it is whole, or does not tell. */
  get truncation(): string | undefined {
    return this.decoder.truncation;
  }

  /** Measurements of the frames since the last call, see SignalFrames; they may be ahead of the blocks. */
  takeRows(): Float32Array {
    return this.normalizer.takeRows();
  }

  /** Statistics of the recording so far. */
  get stats(): SignalStats {
    return this.normalizer.stats();
  }

  /**
   * Decodes the next bytes, as far as the blocks are taken.
   *
   * @param last nothing follows, unless a piece of another offset is wanted
   * @yields 16 kHz mono, in blocks of `blockSeconds` or less, valid until the next one is taken; an empty one while another
   * program decodes
   * @throws SpeechError AUDIO_*
   */
  async *decodePiece(bytes: Uint8Array, last: boolean): AsyncGenerator<Float32Array, void, undefined> {
    this.points.push(bytes);
    yield* this.normalizeAll(this.decoder.push(bytes));
    if (last && this.nextOffset === undefined) yield* this.normalizeAll(this.decoder.flush());
    if (last && this.nextOffset === undefined) yield* this.blocks.push(this.normalizer.flush());
    yield* this.blocks.flush();
  }

  /** Frees the memory of the decoder; no call may follow. */
  dispose(): void {
    this.decoder.dispose();
  }

  private samplesCheckpoint(): SamplesCheckpoint | undefined {
    const samples = this.points.current;
    const state = this.decoder.blocks?.state;
    return samples && state && { samples, codec: state.codec };
  }

  private codecCheckpoint(): CodecCheckpoint | undefined {
    const { audio, isUniform } = this;
    const point = isUniform ? this.decoder.point : undefined;
    return point && audio && { point, audio };
  }

  private async resumeCodec({ point, audio }: CodecCheckpoint): Promise<void> {
    await this.decoder.resume(point);
    this.begin(audio);
  }

  private async resumeSamples({ samples, codec }: SamplesCheckpoint): Promise<void> {
    let seconds = 0;
    for (const bytes of inputOf(samples)) {
      // It begins with the header, or with the first samples.
      if (this.decoder.blocks !== undefined) this.decoder.blocks.isCounting = true;
      for await (const output of this.decoder.push(bytes)) {
        if (output === 'waiting') continue;
        seconds += output.samples.length / output.channels / output.sampleRate;
        checkDuration(seconds, this.request.maxAudioSeconds);
        this.begin(output);
      }
    }
    const { blocks } = this.decoder;
    if (blocks === undefined) throw new Error('A checkpoint before the samples begin.');
    blocks.isCounting = false;
    blocks.restore(codec);
  }

  /** The first audio says what the normalizer consists of. */
  private begin({ sampleRate, channels }: Omit<PcmChunk, 'samples'>): void {
    this.audio = { sampleRate, channels };
    this.normalizer.push({ ...this.audio, samples: new Float32Array(0) });
  }

  private checkExpectedDuration(): void {
    const { leastBytes, maxAudioSeconds } = this.request;
    checkDuration(this.decoder.durationOf(leastBytes) ?? 0, maxAudioSeconds);
  }

  private async *normalizeAll(
    outputs: AsyncIterable<ProgramOutput>,
  ): AsyncGenerator<Float32Array, void, undefined> {
    for await (const output of outputs) {
      if (output === 'waiting') yield waiting;
      else yield* this.normalize(output);
    }
    this.checkExpectedDuration();
  }

  private normalize(chunk: PcmChunk): Iterable<Float32Array> {
    this.checkExpectedDuration();
    const { sampleRate, channels } = chunk;
    this.audio ??= { sampleRate, channels };
    this.isUniform &&= sampleRate === this.audio.sampleRate && channels === this.audio.channels;
    this.decodedSeconds += chunk.samples.length / chunk.channels / chunk.sampleRate;
    checkDuration(this.decodedSeconds, this.request.maxAudioSeconds);
    return this.blocks.push(this.normalizer.push(chunk));
  }
}

function* inputOf({ head, zeros, recent }: ResumePoint): Generator<Uint8Array, void, undefined> {
  if (!Number.isSafeInteger(zeros) || zeros < 0) throw new Error(`A checkpoint after ${zeros} zeros.`);
  yield head;
  const piece = new Uint8Array(Math.min(zeros, zeroBytes));
  for (let left = zeros; left > 0; left -= piece.length) yield piece.subarray(0, left);
  yield recent;
}

/**
 * Makes blocks of samples as they come, in memory that stays: frames of compressed formats are short, and what is kept while
 * hundreds of them are decoded becomes old, so that it would be collected only after some tens of megabytes.
 */
class Blocks {
  private readonly block = new Float32Array(blockSeconds * modelSampleRateHz);
  private length = 0;

  *push(samples: Float32Array): Generator<Float32Array, void, undefined> {
    for (let from = 0; from < samples.length;) {
      const part = samples.subarray(from, from + this.block.length - this.length);
      this.block.set(part, this.length);
      this.length += part.length;
      from += part.length;
      if (this.length === this.block.length) yield* this.flush();
    }
  }

  *flush(): Generator<Float32Array, void, undefined> {
    const { length } = this;
    this.length = 0;
    if (length > 0) yield this.block.subarray(0, length);
  }
}
