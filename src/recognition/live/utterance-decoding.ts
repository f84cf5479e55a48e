import { SpeechError } from '../../common/errors/speech-error.js';
import { isEndless } from '../../speech-model/hypothesis.js';
import type { Hypothesis } from '../../speech-model/hypothesis.js';
import { SegmentDecoder } from '../segment-decoder.js';
import type { SegmentAudio, SegmentDecoderOptions } from '../segment-decoder.js';
import type { ContextLimits } from '../../speech-model/capabilities.js';
import type { Priority } from '../../inference/scheduling/request-queue.js';
import type { Scheduler } from '../../inference/scheduling/scheduler.js';
import type { OpenSpan, SpeechSpan } from '../hearing/speech-segmenter.js';
import { windowSamples } from '../../speech-model/vad-window.js';
import type { EventOutbox } from './event-outbox.js';
import type { HeardWindow, LiveHearing } from './live-hearing.js';
import type { PartialPace } from './partial-pace.js';
import { PrecedingSpeech } from './preceding-speech.js';
import type { EndpointReason, RecognitionEvent } from './recognition-stream.js';
import type { StreamReport } from './stream-report.js';
import { UtteranceEnds } from './utterance-ends.js';

export interface UtteranceOptions extends SegmentDecoderOptions {
  readonly partials: boolean;
  /** A pause that closes a segment ends the utterance too. */
  readonly pauseEndsUtterance: boolean;
  /** See StreamOptions. */
  readonly utteranceEndMs: number | undefined;
  /** Windows of speech from which on it is no click. */
  readonly minSpeechWindows: number;
  /** How much speech before a segment is decoded again with it; undefined: none, since the model cannot go on from it. */
  readonly context: ContextLimits | undefined;
  /** Windows that the model takes at once. */
  readonly longestTogetherWindows?: number;
  /** Windows of silence that a final hears. */
  readonly tailWindows: number;
}

/** A final that was begun before the end of its segment was certain. */
interface AheadDecode {
  /** Of the speech, in windows. */
  readonly end: number;
  readonly hypothesis: Promise<Hypothesis | SpeechError>;
  readonly abort: AbortController;
  /** A worker has it. */
  taken: boolean;
}

/** Audio of a segment that is ready, but for what was said before it. */
interface PreparedAudio {
  /** Settled when that is known. */
  readonly known: Promise<unknown>;
  readonly take: () => SegmentAudio;
}

const nothingToWaitFor = Promise.resolve();

/** After so much more audio a partial that found no word has nothing to say of a sound that goes on. */
const wordlessForSamples = 32_000;

/** Speech that a first partial is made of. */
const firstPartialSamples = 5_120;

/** Makes events of what one live input hears: where utterances begin and end, and what is said in their segments. */
export class UtteranceDecoding {
  private readonly decoder: SegmentDecoder;
  private readonly preceding: PrecedingSpeech;
  private utteranceId = 0;
  private segmentId = 0;
  private announced = false;
  /** When the segments ended that have no final yet. */
  private readonly finalsSince: number[] = [];
  private ahead: AheadDecode | undefined;
  private partialUnderWay = false;
  /** Of the open segment: what its last partial was made of, and said. */
  private partialEnd = 0;
  private partialText = '';
  private draft: readonly number[] = [];
  /** Which segment is open: a partial that was begun for an earlier one says nothing of it. */
  private generation = 0;
  /** Samples that the newest partial has heard without finding a word. */
  private wordlessUntil = 0;
  private readonly utteranceEnds: UtteranceEnds;
  /** While the quiet after a forced end is heard, the pause is not the talker's. */
  private forcedReason: EndpointReason | undefined;
  /** When that end was asked for. */
  private forcedAt = 0;
  /** When the utterance's first window of speech came; undefined once it has a partial. */
  private speechCameAt: number | undefined;

  /** @param onFinal called whenever a final is there */
  constructor(
    scheduler: Scheduler,
    private readonly pace: PartialPace,
    private readonly hearing: LiveHearing,
    private readonly outbox: EventOutbox,
    private readonly options: UtteranceOptions,
    private readonly report: StreamReport,
    private readonly signal: AbortSignal,
    private readonly onFinal: () => void,
  ) {
    this.decoder = new SegmentDecoder(scheduler, options, this);
    this.preceding = new PrecedingSpeech(options.context, options.longestTogetherWindows);
    this.utteranceEnds = new UtteranceEnds(options.utteranceEndMs);
    signal.addEventListener('abort', () => this.ahead?.abort.abort(), { once: true });
  }

  get finalsUnderWay(): number {
    return this.finalsSince.length;
  }

  /** When the oldest segment ended that has no final yet. */
  get oldestFinalSince(): number | undefined {
    return this.finalsSince[0];
  }

  /** Nobody speaks. */
  get silent(): boolean {
    return !this.announced && this.hearing.open === undefined;
  }

  /** To be called for each window, in order. */
  readonly onWindow = ({ closed, dropped }: HeardWindow): void => {
    const { hearing, options, preceding } = this;
    if (closed !== undefined) this.close(closed, this.forcedReason ?? this.reasonOf(closed));
    if (dropped) this.drop();
    this.considerUtteranceEnd();
    const { open } = hearing;
    if (open === undefined) {
      preceding.silentUntil(hearing.windowCount);
      hearing.keepFrom = preceding.oldestNeeded;
      return;
    }
    if (!this.announced && open.speechWindows >= options.minSpeechWindows) {
      this.announced = true;
      this.speechCameAt = this.report.arrivalOf(hearing.msOf(open.start + 1));
      const startMs = hearing.msOf(open.start);
      this.outbox.push({ type: 'speech-start', utteranceId: this.utteranceId, startMs });
    }
    this.considerDecodingAhead(open);
  };

  /** Ends the utterance, if there is one, at the newest heard sample. @param askedAt by performance.now() */
  async end(reason: 'finalized' | 'input-finished', askedAt: number): Promise<void> {
    this.forcedReason = reason;
    this.forcedAt = askedAt;
    const span = await this.hearing.settle(this.onWindow);
    this.forcedReason = undefined;
    if (span !== undefined) this.close(span, reason);
    else if (this.announced) this.endUtterance(this.hearing.windowCount, reason);
    this.restart();
  }

  /** Forgets the utterance that has no end yet. */
  clear(): void {
    this.forgetOpen();
    if (this.announced) this.utteranceId++;
    this.announced = false;
    this.restart();
  }

  /** Makes a partial where one is wanted and there is something new to hear. */
  considerPartial(): void {
    const { hearing, options } = this;
    const { open } = hearing;
    if (!options.partials || open === undefined || !this.announced || this.partialUnderWay) return;
    if (this.finalsUnderWay > 0 || this.ahead !== undefined) return;
    const speechSamples = (hearing.windowCount - open.start) * windowSamples;
    const newSamples = hearing.heardSamples - this.partialEnd;
    const due =
      this.partialText === ''
        ? speechSamples >= firstPartialSamples && newSamples >= firstPartialSamples / 2
        : newSamples >= this.pace.intervalMs * 16;
    if (due) void this.makePartial();
  }

  /** What comes next is not joined to the audio before it. */
  private restart(): void {
    this.preceding.forget();
    this.hearing.keepFrom = Infinity;
    this.hearing.restart();
  }

  /** What was open was too short to be speech. */
  private drop(): void {
    this.forgetOpen();
    if (this.announced) this.endUtterance(this.hearing.windowCount, this.forcedReason ?? 'silence');
  }

  private reasonOf({ endedBy }: SpeechSpan): EndpointReason {
    if (endedBy === 'split') return 'max-length';
    return this.options.pauseEndsUtterance ? 'silence' : 'pause';
  }

  private close(span: SpeechSpan, reason: EndpointReason): void {
    const { hearing, utteranceId } = this;
    const id = this.segmentId++;
    const startMs = hearing.msOf(span.start);
    const endMs = hearing.msOf(span.end);
    const decoding = this.finalHypothesis(span);
    this.preceding.add(
      { start: span.start, end: span.end, audioStart: hearing.audioStartOf(span) },
      decoding,
    );
    hearing.keepFrom = this.preceding.oldestNeeded;
    this.forgetOpen();
    if (reason !== 'max-length' && reason !== 'pause') this.endUtterance(span.end, reason, id);
    this.finalsSince.push(performance.now());
    const decidedAt = this.decidedAt(reason);
    this.outbox.push(
      decoding.then((result): RecognitionEvent => {
        this.finalsSince.shift();
        this.onFinal();
        if (result instanceof SpeechError) {
          return {
            type: 'segment-failed',
            utteranceId,
            segmentId: id,
            startMs,
            endMs,
            reason,
            error: result,
          };
        }
        this.report.final(decidedAt, result.text === '');
        const segment = { id, startMs, endMs, hypothesis: result };
        return { type: 'segment-final', utteranceId, segment, reason };
      }),
    );
    const hasWords = decoding.then((result) => !(result instanceof SpeechError) && result.text !== '');
    this.utteranceEnds.segmentEnded(endMs, hasWords);
  }

  /** When the audio had come that ended a segment just now, or its end was asked for. */
  private decidedAt(reason: EndpointReason): number {
    const { hearing } = this;
    if (reason === 'finalized' || reason === 'input-finished') return this.forcedAt;
    return this.report.arrivalOf(hearing.msOf(hearing.windowCount)) ?? performance.now();
  }

  private endUtterance(endWindow: number, reason: EndpointReason, segmentId?: number): void {
    this.announced = false;
    const endMs = this.hearing.msOf(endWindow);
    const last = segmentId === undefined ? {} : { segmentId };
    this.outbox.push({ type: 'speech-end', utteranceId: this.utteranceId++, endMs, reason, ...last });
  }

  /** The open segment is closed or forgotten: what was known of it is not of the next one. */
  private forgetOpen(): void {
    this.generation++;
    this.ahead?.abort.abort();
    this.ahead = undefined;
    this.wordlessUntil = 0;
    this.partialText = '';
    this.partialEnd = 0;
    this.draft = [];
  }

  /** The audio is the same whether decoding began at the end of the segment or ahead of it. */
  private finalHypothesis(span: SpeechSpan): Promise<Hypothesis | SpeechError> {
    const { ahead } = this;
    const audio = this.audioOf(span, this.hearing.audioEndOf(span), span.peakProbability);
    const decode = (): Promise<Hypothesis | SpeechError> => this.decoded(audio, 'final', this.signal);
    // One that still waits goes among the finals; one that is under way is the final.
    if (ahead === undefined || ahead.end !== span.end || !ahead.taken) return decode();
    this.ahead = undefined;
    // Unless it found no end: that is worth hearing once more, which a partial is not.
    return ahead.hypothesis.then((result) =>
      !(result instanceof SpeechError) && isEndless(result) ? decode() : result,
    );
  }

  /** Once it is known what was said before it. */
  private decoded(
    audio: PreparedAudio,
    priority: Priority,
    signal: AbortSignal,
  ): Promise<Hypothesis | SpeechError> {
    return settled(audio.known.then(() => this.decoder.decode(audio.take, priority, signal)));
  }

  /**
   * The audio of a segment, and with what was said just before it; copied now.
   * @param endWindow without it, up to what was heard last
   */
  private audioOf(
    span: OpenSpan | SpeechSpan,
    endWindow: number | undefined,
    peakProbability: number,
  ): PreparedAudio {
    const { hearing, preceding, draft } = this;
    const samples = hearing.audioBetween(hearing.audioStartOf(span), endWindow);
    const own = { samples, peakProbability, draft };
    const context = preceding.before(span.start, endWindow === undefined ? hearing.windowCount : span.end);
    if (context === undefined) return { known: nothingToWaitFor, take: () => own };
    const joined = hearing.audioBetween(context.audioStart, endWindow);
    const take = (): SegmentAudio => {
      const { prefix } = context;
      return prefix === undefined ? own : { ...own, continues: { samples: joined, prefix } };
    };
    return { known: context.known, take };
  }

  /** Once silence has lasted as long as a final hears of it, the final can be made; speech may still go on. */
  private considerDecodingAhead(open: OpenSpan): void {
    const { hearing, options } = this;
    if (this.ahead !== undefined && this.ahead.end !== open.end) {
      this.ahead.abort.abort();
      this.ahead = undefined;
    }
    const silentWindows = hearing.windowCount - open.end;
    if (!this.announced || this.forcedReason !== undefined || silentWindows !== options.tailWindows) return;
    const abort = new AbortController();
    const { known, take } = this.audioOf(open, open.end + options.tailWindows, hearing.peakProbability);
    const takeAhead = (): SegmentAudio => {
      ahead.taken = true;
      return take();
    };
    const hypothesis = this.decoded({ known, take: takeAhead }, 'partial', abort.signal);
    const ahead: AheadDecode = { end: open.end, abort, taken: false, hypothesis };
    this.ahead = ahead;
    void hypothesis.then((result) => {
      if (this.ahead === ahead && !(result instanceof SpeechError)) this.pushPartial(result);
    });
  }

  private async makePartial(): Promise<void> {
    const { hearing, generation } = this;
    this.partialUnderWay = true;
    this.partialEnd = hearing.heardSamples;
    const newest = (): SegmentAudio => {
      const { open } = hearing;
      // Ended while this waited: its final is on its way, and no audio is soonest decoded.
      if (open === undefined || this.generation !== generation)
        return { samples: new Float32Array(0), peakProbability: 0 };
      this.partialEnd = hearing.heardSamples;
      const { peakProbability } = hearing;
      return this.audioOf(open, undefined, peakProbability).take();
    };
    const hypothesis = await settled(
      this.decoder.decode(newest, 'partial', this.signal, (queueMs) => this.pace.waited(queueMs)),
    );
    this.partialUnderWay = false;
    if (this.generation !== generation || hypothesis instanceof SpeechError) return;
    if (hypothesis.text === '') this.wordlessUntil = this.partialEnd;
    this.pushPartial(hypothesis);
  }

  /** Only what says something new. */
  private pushPartial(hypothesis: Hypothesis): void {
    const { hearing, segmentId: id } = this;
    const { open } = hearing;
    if (open === undefined || !this.announced) return;
    this.draft = hypothesis.tokens;
    if (!this.options.partials || hypothesis.text === '' || hypothesis.text === this.partialText) return;
    this.partialText = hypothesis.text;
    if (this.speechCameAt !== undefined) this.report.firstPartial(this.speechCameAt);
    this.speechCameAt = undefined;
    const segment = { id, startMs: hearing.msOf(open.start), endMs: hearing.msOf(open.end), hypothesis };
    this.outbox.push({ type: 'segment-partial', utteranceId: this.utteranceId, segment });
  }

  private considerUtteranceEnd(): void {
    if (this.mayHaveWords) return;
    const { hearing } = this;
    // Its place is behind the final whose last word it is about.
    const end = this.utteranceEnds.heard(hearing.msOf(hearing.windowCount));
    if (end !== undefined) this.outbox.push(end);
  }

  /** Somebody seems to speak, and partials have not shown that it is a sound without words. */
  private get mayHaveWords(): boolean {
    const { open } = this.hearing;
    if (open === undefined || open.speechWindows < this.options.minSpeechWindows) return false;
    if (this.partialText !== '') return true;
    return this.hearing.heardSamples - this.wordlessUntil > wordlessForSamples;
  }
}

/** A failure as a value, so that one that is not needed any more is nobody's unhandled rejection. */
function settled(decoding: Promise<Hypothesis>): Promise<Hypothesis | SpeechError> {
  return decoding.catch((error: unknown) =>
    error instanceof SpeechError
      ? error
      : new SpeechError('INTERNAL', 'an unexpected error while decoding', { cause: error }),
  );
}
