import { SpeechError } from '../../common/errors/speech-error.js';
import type { Scheduler } from '../../inference/scheduling/scheduler.js';
import type { ContextLimits } from '../../speech-model/capabilities.js';
import type { Hypothesis } from '../../speech-model/hypothesis.js';
import type { OpenSpan, SpeechSpan } from '../hearing/speech-segmenter.js';
import { SegmentDecoder } from '../segment-decoder.js';
import type { SegmentDecoderOptions } from '../segment-decoder.js';
import { DecodePlan } from './decode-plan.js';
import type { InputPosition, PlanOptions } from './decode-plan.js';
import type { EventOutbox } from './event-outbox.js';
import type { DetectedWindow, LiveDetection } from './live-detection.js';
import type { PartialPace } from './partial-pace.js';
import { PrecedingSpeech } from './preceding-speech.js';
import { RecordedUtterances } from './recorded-utterances.js';
import type { LiveRecording } from './recorded-utterances.js';
import { endsUtterance } from './recognition-stream.js';
import type { EndpointReason, RecognitionEvent } from './recognition-stream.js';
import { SegmentTranscriber } from './segment-transcriber.js';
import type { StreamReport } from './stream-report.js';
import { UtteranceEnds } from './utterance-ends.js';
import { UtteranceTracker } from './utterance-tracker.js';
import type { ClosedSegment, TrackerOptions, UtteranceChange } from './utterance-tracker.js';

export interface UtteranceOptions extends SegmentDecoderOptions, TrackerOptions, PlanOptions {
  /** See StreamOptions. */
  readonly utteranceEndMs: number | undefined;
  /** How much speech before a segment is decoded again with it; undefined: none, since the model cannot go on from it. */
  readonly context: ContextLimits | undefined;
  /** The longest audio that the model takes. */
  readonly longestTogetherWindows?: number;
  /** Undefined for an input whose utterances get no records. */
  readonly recorded?: LiveRecording | undefined;
}

export interface UtteranceParts {
  readonly scheduler: Scheduler;
  readonly pace: PartialPace;
  readonly detection: LiveDetection;
  readonly outbox: EventOutbox;
  readonly report: StreamReport;
  readonly options: UtteranceOptions;
  /** Aborted when the stream ends early. */
  readonly signal: AbortSignal;
  /** Called whenever a final was decoded, or has failed. */
  readonly onFinal: () => void;
}

const noSamples = new Float32Array(0);

/** An end that was asked for, and does not come from a pause. */
interface ForcedEnd {
  readonly reason: 'finalized' | 'input-finished';
  /** By performance.now(). */
  readonly askedAt: number;
}

/**
 * Turns the windows of one live input into events: UtteranceTracker finds what has happened, DecodePlan decides what is
 * decoded next, SegmentTranscriber has it decoded.
 */
export class LiveUtterances {
  private readonly tracker: UtteranceTracker;
  private readonly plan: DecodePlan;
  private readonly transcriber: SegmentTranscriber;
  private readonly utteranceEnds: UtteranceEnds;
  private readonly recorded: RecordedUtterances;

  /** To be called for each window, in order. */
  readonly addWindow = (window: DetectedWindow): void => this.followWindow(window, undefined);

  constructor(private readonly parts: UtteranceParts) {
    const { scheduler, pace, detection: source, options, signal, onFinal } = parts;
    this.tracker = new UtteranceTracker(options, (window) => source.msOf(window));
    this.plan = new DecodePlan(options);
    this.transcriber = new SegmentTranscriber({
      decoder: new SegmentDecoder(scheduler, options, this),
      source,
      pace,
      generation: () => this.tracker.generation,
      preceding: new PrecedingSpeech(options.context, options.longestTogetherWindows),
      signal,
      onFinal,
    });
    this.utteranceEnds = new UtteranceEnds(options.utteranceEndMs);
    this.recorded = new RecordedUtterances(options.recorded, source.frames);
  }

  get finalsUnderWay(): number {
    return this.transcriber.finalsUnderWay;
  }

  /** When the oldest segment ended whose final is under way. */
  get oldestFinalSince(): number | undefined {
    return this.transcriber.oldestFinalSince;
  }

  /** Nobody speaks. */
  get isSilent(): boolean {
    return !this.tracker.isUtteranceOpen && this.parts.detection.open === undefined;
  }

  /** Ends the utterance, if there is one, at the newest sample that the detector has been given. */
  async end(forced: ForcedEnd): Promise<void> {
    const { detection } = this.parts;
    await detection.detectTrailingSilence((window) => this.followWindow(window, forced));
    const span = detection.endOpenSpan();
    this.apply(this.tracker.end(span, detection.windowCount, forced.reason), forced);
    this.restart();
  }

  /** Forgets the utterance that has no end yet. */
  clear(): void {
    this.apply(this.tracker.clear(), undefined);
    this.recorded.forget(this.newestMs);
    this.restart();
  }

  /** Begins a partial where one is due. */
  considerPartial(): void {
    const { plan, transcriber } = this;
    if (!plan.isPartialDue(this.position, this.parts.pace.intervalMs, transcriber.finalsUnderWay)) return;
    void this.decodePartial();
  }

  /** The next audio is not joined to the audio before it. */
  private restart(): void {
    this.transcriber.forgetContext();
    this.parts.detection.restart();
  }

  private get position(): InputPosition {
    const { open, windowCount, detectedSamples } = this.parts.detection;
    return { open, windowCount, detectedSamples, isUtteranceOpen: this.tracker.isUtteranceOpen };
  }

  private followWindow(window: DetectedWindow, forced: ForcedEnd | undefined): void {
    this.apply(this.tracker.addWindow(window, forced?.reason), forced);
    const { position } = this;
    if (!this.plan.mayHaveWords(position)) this.considerUtteranceEnd();
    if (position.open === undefined) this.transcriber.passSilence(window.count);
    else this.considerDecodingAhead(position, position.open, forced);
  }

  private apply(changes: readonly UtteranceChange[], forced: ForcedEnd | undefined): void {
    const { outbox, report } = this.parts;
    for (const change of changes) {
      switch (change.type) {
        case 'utterance-started':
          report.utteranceStarted(change.firstWindowEndMs);
          this.recorded.begin(change.event.startMs);
          outbox.push(change.event);
          break;
        case 'utterance-ended':
          outbox.push(change.event);
          // Otherwise its last segment follows.
          if (change.event.segmentId === undefined) this.endRecorded(change.event, forced);
          break;
        case 'segment-closed':
          this.decodeFinal(change.segment, forced?.askedAt ?? this.newestArrival());
          if (endsUtterance(change.segment.reason)) this.endRecorded(change.segment, forced);
          break;
        case 'segment-forgotten':
          this.transcriber.forgetSegment();
          this.plan.forgetSegment();
      }
    }
  }

  private endRecorded(
    { utteranceId, reason }: { readonly utteranceId: number; readonly reason: EndpointReason },
    forced: ForcedEnd | undefined,
  ): void {
    this.recorded.end(utteranceId, reason, this.newestMs, forced?.askedAt ?? this.newestArrival());
  }

  /** The time of the input up to which windows have been followed. */
  private get newestMs(): number {
    const { detection } = this.parts;
    return detection.msOf(detection.windowCount);
  }

  /** When the audio came whose windows are followed now. */
  private newestArrival(): number {
    return this.parts.report.arrivalOf(this.newestMs) ?? performance.now();
  }

  /** @param decidedAt when the audio had come that ended the segment, or its end was asked for */
  private decodeFinal(segment: ClosedSegment, decidedAt: number): void {
    const { id, utteranceId, span, startMs, endMs, reason } = segment;
    const { plan, transcriber } = this;
    const decoding = transcriber.decodeFinal(span, plan.draft, plan.isAheadFinal(span.end));
    plan.forgetSegment();
    const event = decoding.then((result): RecognitionEvent => {
      if (result instanceof SpeechError) {
        const failed = { utteranceId, segmentId: id, startMs, endMs, reason, error: result };
        return { type: 'segment-failed', ...failed };
      }
      this.parts.report.final(decidedAt, result.text === '');
      const final = { id, startMs, endMs, hypothesis: result };
      return { type: 'segment-final', utteranceId, segment: final, reason };
    });
    this.parts.outbox.push(event);
    this.recorded.addSegment(decoding, startMs, endMs, this.keptAudio(span));
    const hasWords = decoding.then((result) => !(result instanceof SpeechError) && result.text !== '');
    this.utteranceEnds.addSegment(endMs, hasWords);
  }

  /** The audio of a segment for those who listen to it. */
  private keptAudio(span: SpeechSpan): Float32Array {
    const { detection } = this.parts;
    if (!this.recorded.keepsAudio) return noSamples;
    return detection.audioBetween(detection.audioStartOf(span), detection.audioEndOf(span));
  }

  private considerDecodingAhead(
    position: InputPosition,
    open: OpenSpan,
    forced: ForcedEnd | undefined,
  ): void {
    const { plan, transcriber } = this;
    if (plan.isAheadOutdated(position)) {
      plan.forgetAhead();
      transcriber.cancelAhead();
    }
    if (forced === undefined && plan.isAheadDue(position)) void this.decodeAhead(open);
  }

  private async decodeAhead(open: OpenSpan): Promise<void> {
    const { plan, transcriber } = this;
    const endWindow = open.end + this.parts.options.tailWindows;
    plan.beginAhead(open.end);
    const start = { draft: plan.draft, onTaken: () => plan.takeAhead() };
    const hypothesis = await transcriber.decodeAhead(open, endWindow, start);
    if (hypothesis !== undefined) this.pushPartial(hypothesis);
  }

  private async decodePartial(): Promise<void> {
    const { plan, transcriber } = this;
    const { detection } = this.parts;
    plan.beginPartial(detection.detectedSamples);
    const onTaken = (): void => plan.takePartial(detection.detectedSamples);
    const hypothesis = await transcriber.decodePartial({ draft: plan.draft, onTaken });
    plan.endPartial(hypothesis);
    if (hypothesis !== undefined) this.pushPartial(hypothesis);
  }

  private pushPartial(hypothesis: Hypothesis): void {
    const event = this.tracker.partialOf(this.parts.detection.open, hypothesis);
    if (event === undefined || !this.plan.acceptPartial(hypothesis)) return;
    this.parts.report.partial();
    this.recorded.addPartial(hypothesis.text);
    this.parts.outbox.push(event);
  }

  private considerUtteranceEnd(): void {
    const { detection, outbox } = this.parts;
    // Its place is behind the final whose last word it is about.
    const end = this.utteranceEnds.findEnd(detection.msOf(detection.windowCount));
    if (end !== undefined) outbox.push(end);
  }
}
