import { deserialize, serialize } from 'node:v8';
import { modelSampleRateHz } from '../../normalization/normalization.types.js';
import { RecordingDecoder } from '../../normalization/recording-decoder.js';
import type { DecoderCheckpoint } from '../../normalization/recording-decoder.js';
import { collectExternalMemory } from '../../common/external-memory.js';
import { restoreState } from '../../common/object-state.js';
import type { ObjectState } from '../../common/object-state.js';
import { FrameQueue } from '../../normalization/signal/frame-queue.js';
import { OpenInputs } from './open-inputs.js';
import type { ReadPiece, ReadRequest } from './reading-messages.js';
import type { VoiceActivityModel } from '../../speech-model/voice-activity-model.js';
import { Excerpt } from './excerpt.js';
import { RecordingCutter } from '../hearing/recording-cutter.js';
import type { RecordingSegment } from '../hearing/recording-cutter.js';

/** Silence is compressed so well that a piece can hold hours: no answer may take as long as a process that hangs. */
const samplesPerAnswer = 600 * modelSampleRateHz;

interface Checkpoint {
  readonly decoder: DecoderCheckpoint;
  readonly cutter: ObjectState;
  readonly frames: ObjectState;
}

/** One recording in the process that reads it: bytes in, segments with speech in them out. */
class RecordingSegmentation {
  private readonly cutter: RecordingCutter;
  private readonly excerpt: Excerpt | undefined;
  /** What was measured before gain: the whole recording is one utterance. */
  private readonly frames = new FrameQueue(Infinity);
  /** The audio of a piece that is not finished. */
  private blocks: AsyncGenerator<Float32Array, void, undefined> | undefined;

  private constructor(
    private readonly decoder: RecordingDecoder,
    request: ReadRequest,
    model: VoiceActivityModel,
  ) {
    this.excerpt = request.excerptSeconds === undefined ? undefined : new Excerpt(request.excerptSeconds);
    this.cutter = new RecordingCutter(
      async (stretch) => {
        const [answer] = await model.detect([stretch]);
        return answer!;
      },
      request.cutter,
      (end, probability) => this.frames.answerWindow(end, probability),
    );
  }

  /** @throws SpeechError AUDIO_INVALID_RATE, AUDIO_INVALID_CHANNELS for what is declared */
  static async open(request: ReadRequest, model: VoiceActivityModel): Promise<RecordingSegmentation> {
    if (request.checkpoint === undefined) {
      return new RecordingSegmentation(new RecordingDecoder(request), request, model);
    }
    const checkpoint = deserialize(request.checkpoint) as Checkpoint;
    const decoder = await RecordingDecoder.resume(request, checkpoint.decoder);
    const resumed = new RecordingSegmentation(decoder, request, model);
    resumed.cutter.restore(checkpoint.cutter);
    restoreState(resumed.frames, checkpoint.frames);
    return resumed;
  }

  /** @throws SpeechError AUDIO_* */
  async readPiece(bytes: Uint8Array, last: boolean, wantsCheckpoint: boolean): Promise<ReadPiece> {
    this.blocks ??= this.decoder.decodePiece(bytes, last);
    const segments: RecordingSegment[] = [];
    let samples = 0;
    let hasMore = false;
    let isWaiting = false;
    while (!hasMore) {
      const next = await this.blocks.next();
      if (next.done) break;
      samples += next.value.length;
      isWaiting = next.value.length === 0;
      hasMore = isWaiting || samples >= samplesPerAnswer;
      this.takeFrames();
      const part = this.excerpt?.takeFrom(next.value) ?? next.value;
      if (part.length > 0) segments.push(...(await this.cutter.cutBlock(part, false)));
      collectExternalMemory();
    }
    if (!hasMore) this.blocks = undefined;
    const { format, stats, nextOffset } = this.decoder;
    const isEnd = last && !hasMore && nextOffset === undefined;
    this.takeFrames();
    if (isEnd) segments.push(...(await this.cutter.cutBlock(new Float32Array(0), true)));
    const checkpoint = wantsCheckpoint && !hasMore ? this.checkpoint() : undefined;
    const { peakProbability } = this.cutter;
    const truncation = isEnd ? this.decoder.truncation : undefined;
    const signal = isEnd && this.excerpt === undefined ? this.frames.endUtterance() : undefined;
    const read = { format, segments, hasMore, isWaiting, nextOffset };
    const piece = { ...read, stats, signal, peakProbability, truncation };
    return checkpoint === undefined ? piece : { ...piece, checkpoint };
  }

  private takeFrames(): void {
    const rows = this.decoder.takeRows();
    if (this.excerpt === undefined) this.frames.append(rows);
  }

  /** @returns undefined if the recording cannot be resumed here */
  private checkpoint(): Uint8Array | undefined {
    const decoder = this.excerpt === undefined ? this.decoder.checkpoint() : undefined;
    if (decoder === undefined) return undefined;
    const checkpoint: Checkpoint = { decoder, cutter: this.cutter.state, frames: this.frames.state() };
    return serialize(checkpoint);
  }

  dispose(): void {
    this.decoder.dispose();
  }
}

/** The open recordings of a process. */
export function openRecordings(model: VoiceActivityModel): OpenInputs<ReadRequest, ReadPiece> {
  return new OpenInputs({
    open: (begin) => RecordingSegmentation.open(begin, model),
    isDone: ({ hasMore, nextOffset }, last) => last && !hasMore && nextOffset === undefined,
  });
}
