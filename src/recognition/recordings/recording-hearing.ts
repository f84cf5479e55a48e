import { SpeechError } from '../../common/errors/speech-error.js';
import { RecordingDecoder } from '../../normalization/recording-decoder.js';
import type { ReadAnswer, ReadPiece, ReadRequest, RecordingPiece } from './reading-messages.js';
import type { VoiceActivityModel } from '../../speech-model/voice-activity-model.js';
import { Excerpt } from './excerpt.js';
import { RecordingCutter } from '../hearing/recording-cutter.js';
import type { RecordingSegment } from '../hearing/recording-cutter.js';

/** One recording in the process that reads it: bytes in, segments with speech in them out. */
class RecordingHearing {
  private readonly decoder: RecordingDecoder;
  private readonly cutter: RecordingCutter;
  private readonly excerpt: Excerpt | undefined;

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
  async read(bytes: Uint8Array, last: boolean): Promise<ReadPiece> {
    const { format, blocks, stats } = this.decoder.decodePiece(bytes, last);
    const segments: RecordingSegment[] = [];
    for (const block of blocks) {
      const heard = this.excerpt?.push(block) ?? block;
      if (heard.length > 0) segments.push(...(await this.cutter.cutBlock(heard, false)));
    }
    if (last) segments.push(...(await this.cutter.cutBlock(new Float32Array(0), true)));
    return { format, segments, stats, peakProbability: this.cutter.peakProbability };
  }
}

/** The recordings that a process reads in turn, a piece at a time. */
export class RecordingsHeard {
  private readonly open = new Map<number, RecordingHearing>();

  constructor(private readonly model: VoiceActivityModel) {}

  /** @throws Error where the fault is not the audio's */
  async read({ recording, begin, bytes, last }: RecordingPiece): Promise<ReadAnswer> {
    try {
      if (begin !== undefined) this.open.set(recording, new RecordingHearing(begin, this.model));
      const hearing = this.open.get(recording);
      if (hearing === undefined) throw new Error('the recording is not known here');
      const piece = await hearing.read(bytes, last);
      if (last) this.open.delete(recording);
      return { type: 'read', piece };
    } catch (error) {
      this.open.delete(recording);
      if (!(error instanceof SpeechError)) throw error;
      return { type: 'refused', code: error.code, message: error.message };
    }
  }

  forget(recording: number): void {
    this.open.delete(recording);
  }
}
