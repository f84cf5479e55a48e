import { modelSampleRateHz } from '../../normalization/normalization.types.js';
import { RecordingDecoder } from '../../normalization/recording-decoder.js';
import { OpenInputs } from './open-inputs.js';
import type { ReadPiece, ReadRequest } from './reading-messages.js';
import type { VoiceActivityModel } from '../../speech-model/voice-activity-model.js';
import { Excerpt } from './excerpt.js';
import { RecordingCutter } from '../hearing/recording-cutter.js';
import type { RecordingSegment } from '../hearing/recording-cutter.js';

/** Silence is compressed so well that a piece can hold hours: no answer may take as long as a process that hangs. */
const samplesPerAnswer = 600 * modelSampleRateHz;

/** One recording in the process that reads it: bytes in, segments with speech in them out. */
class RecordingSegmentation {
  private readonly decoder: RecordingDecoder;
  private readonly cutter: RecordingCutter;
  private readonly excerpt: Excerpt | undefined;
  /** The audio of a piece that is not finished. */
  private blocks: AsyncGenerator<Float32Array, void, undefined> | undefined;

  /** @throws SpeechError AUDIO_INVALID_RATE, AUDIO_INVALID_CHANNELS for what is declared */
  constructor(request: ReadRequest, model: VoiceActivityModel) {
    this.decoder = new RecordingDecoder(request);
    this.excerpt = request.excerptSeconds === undefined ? undefined : new Excerpt(request.excerptSeconds);
    this.cutter = new RecordingCutter(async (stretch) => {
      const [answer] = await model.detect([stretch]);
      return answer!;
    }, request.cutter);
  }

  /** @throws SpeechError AUDIO_* */
  async readPiece(bytes: Uint8Array, last: boolean): Promise<ReadPiece> {
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
      const part = this.excerpt?.takeFrom(next.value) ?? next.value;
      if (part.length > 0) segments.push(...(await this.cutter.cutBlock(part, false)));
    }
    if (!hasMore) this.blocks = undefined;
    const { format, stats, nextOffset } = this.decoder;
    const isEnd = last && !hasMore && nextOffset === undefined;
    if (isEnd) segments.push(...(await this.cutter.cutBlock(new Float32Array(0), true)));
    const { peakProbability } = this.cutter;
    const truncation = isEnd ? this.decoder.truncation : undefined;
    return { format, segments, hasMore, isWaiting, nextOffset, stats, peakProbability, truncation };
  }

  dispose(): void {
    this.decoder.dispose();
  }
}

/** The open recordings of a process. */
export function openRecordings(model: VoiceActivityModel): OpenInputs<ReadRequest, ReadPiece> {
  return new OpenInputs({
    open: (begin) => new RecordingSegmentation(begin, model),
    isDone: ({ hasMore, nextOffset }, last) => last && !hasMore && nextOffset === undefined,
  });
}
