import type { Scheduler } from '../../inference/scheduling/scheduler.js';
import type { SpeechDetector } from '../hearing/speech-detector.js';
import type { RecognitionObserver } from '../recognition-observer.js';
import { DetectionLag } from './detection-lag.js';
import { EventOutbox } from './event-outbox.js';
import { LiveDetection } from './live-detection.js';
import type { DetectionOptions } from './live-detection.js';
import { LiveUtterances } from './live-utterances.js';
import type { UtteranceOptions } from './live-utterances.js';
import type { OpenStreams } from './open-streams.js';
import { watchOutage } from './outage-watch.js';
import type { Outage } from './outage-watch.js';
import type { PartialPace } from './partial-pace.js';
import type { RecognitionEvent, RecognitionStream } from './recognition-stream.js';
import { StreamReport } from './stream-report.js';
import { Waiters } from './waiters.js';

/** Resources that all live inputs share. */
export interface LiveResources {
  readonly scheduler: Scheduler;
  readonly detector: SpeechDetector;
  readonly pace: PartialPace;
  readonly streams: OpenStreams;
  readonly observer: RecognitionObserver;
  readonly outage: Outage;
}

/** A place in the audio at which something was asked for. */
interface Mark {
  readonly at: number;
  readonly kind: 'finalized' | 'cleared' | 'input-finished';
  /** By performance.now(). */
  readonly askedAt: number;
}

/** Above this the source is asked to wait. */
const maxUndetectedSamples = 3 * 16_000;
/** Finals under way above which no more audio goes to the detector: one on a worker and one that waits. */
const maxFinalsUnderWay = 2;
/** Events that a slow reader may leave behind before no more audio goes to the detector. */
const maxEvents = 64;

/** One live input: cut by voice activity, decoded as it grows and once more when it has ended. */
export class LiveRecognition implements RecognitionStream {
  private readonly detection: LiveDetection;
  private readonly outbox = new EventOutbox(() => this.changed.release());
  private readonly utterances: LiveUtterances;
  private readonly report: StreamReport;
  /** Aborted with the input's own signal, or when no process comes that could run it. */
  private readonly ended = new AbortController();
  private readonly marks: Mark[] = [];
  /** The loop waits for any change: audio, a mark, a final, an event read, the end. */
  private readonly changed = new Waiters();
  private readonly whenDrained = new Waiters();
  private readonly whenQuiet = new Waiters();
  private inputEnded = false;
  private readonly lag = new DetectionLag();

  constructor(
    private readonly resources: LiveResources,
    options: DetectionOptions & UtteranceOptions,
    private readonly signal: AbortSignal,
  ) {
    const { detector, observer, scheduler, pace } = resources;
    const { modelId, origin } = options;
    this.detection = new LiveDetection(detector, options, this.ended.signal);
    this.report = new StreamReport(observer, { modelId, origin });
    this.utterances = new LiveUtterances({
      scheduler,
      pace,
      detection: this.detection,
      outbox: this.outbox,
      report: this.report,
      options,
      signal: this.ended.signal,
      onFinal: () => this.changed.release(),
    });
  }

  /** To be called once. From now on the stream is among the open ones, until its last final. */
  start(): void {
    this.report.opened();
    this.resources.streams.add(this);
    void this.run();
  }

  get receivedSeconds(): number {
    return this.detection.receivedSamples / 16_000;
  }

  get peakProbability(): number {
    return this.detection.inputPeakProbability;
  }

  get lagMs(): number {
    const oldest = Math.min(this.lag.oldestSince, this.utterances.oldestFinalSince ?? Infinity);
    return oldest === Infinity ? 0 : performance.now() - oldest;
  }

  acceptWaveform(samples: Float32Array, rows?: Float32Array): boolean {
    if (this.inputEnded) return true;
    // The rest of a frame is measured when the audio ends, after its last sample has come.
    if (rows !== undefined) this.detection.frames.append(rows);
    if (samples.length > 0) {
      this.lag.audioCame(performance.now());
      this.detection.appendSamples(samples);
      this.report.audioCame(this.detection.receivedSamples);
      this.changed.release();
    }
    return !this.isFull;
  }

  drained(): Promise<void> {
    return this.inputEnded || !this.isFull ? Promise.resolve() : this.whenDrained.wait();
  }

  finalize(): void {
    this.addMark('finalized');
  }

  clear(): void {
    this.addMark('cleared');
  }

  inputFinished(): void {
    this.addMark('input-finished');
    this.endInput();
  }

  get isQuiet(): boolean {
    const { detection, utterances } = this;
    if (this.inputEnded) return true;
    if (this.marks.length > 0 || this.lag.isRunning) return false;
    if (detection.detectedSamples < detection.receivedSamples) return false;
    return utterances.isSilent && utterances.finalsUnderWay === 0;
  }

  quiet(): Promise<void> {
    return this.isQuiet ? Promise.resolve() : this.whenQuiet.wait();
  }

  [Symbol.asyncIterator](): AsyncIterator<RecognitionEvent> {
    return this.outbox.read();
  }

  private get isFull(): boolean {
    return this.detection.receivedSamples - this.detection.detectedSamples > maxUndetectedSamples;
  }

  private addMark(kind: Mark['kind']): void {
    if (this.inputEnded) return;
    this.marks.push({ at: this.detection.receivedSamples, kind, askedAt: performance.now() });
    this.changed.release();
  }

  private endInput(): void {
    this.inputEnded = true;
    this.whenDrained.release();
    this.whenQuiet.release();
  }

  /** Ends the stream early. */
  private abort(reason: unknown): void {
    this.ended.abort(reason);
    this.changed.release();
  }

  /** Works until the input has ended, and keeps the stream's place until its last final. */
  private async run(): Promise<void> {
    const { signal, outbox } = this;
    const onAbort = (): void => {
      outbox.abandon();
      this.abort(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    const unwatch = watchOutage(
      this.resources.outage,
      () => this.inputEnded || this.lagMs > 0,
      (error) => {
        outbox.end(error);
        this.abort(error);
      },
    );
    try {
      await this.processInput();
      outbox.end();
    } catch (error) {
      outbox.end(error as Error);
    }
    this.endInput();
    this.lag.inputEnded();
    while (this.utterances.finalsUnderWay > 0 && !this.ended.signal.aborted) await this.changed.wait();
    signal.removeEventListener('abort', onAbort);
    unwatch();
    this.resources.streams.delete(this);
    this.report.closed();
  }

  private async processInput(): Promise<void> {
    await this.detection.detectLeadingSilence(this.utterances.addWindow);
    let finished = false;
    while (!finished && !this.ended.signal.aborted) finished = await this.step();
  }

  /** @returns whether the input has ended */
  private async step(): Promise<boolean> {
    const { detection, utterances } = this;
    if (utterances.finalsUnderWay >= maxFinalsUnderWay || this.outbox.size >= maxEvents) {
      await this.changed.wait();
      return false;
    }
    const mark = this.marks[0];
    const until = mark?.at ?? detection.receivedSamples;
    if (detection.detectedSamples < until) {
      await this.detectNext(until);
      return false;
    }
    if (mark !== undefined) {
      this.marks.shift();
      await this.applyMark(mark);
      return mark.kind === 'input-finished';
    }
    if (this.isQuiet) this.whenQuiet.release();
    await this.changed.wait();
    return false;
  }

  private async detectNext(until: number): Promise<void> {
    const { detection, utterances } = this;
    const detecting = detection.detectNext(until, utterances.addWindow);
    this.lag.blockTaken(performance.now(), detection.detectedSamples < detection.receivedSamples);
    await detecting;
    this.lag.blockAnswered();
    if (!this.isFull) this.whenDrained.release();
    utterances.considerPartial();
  }

  private async applyMark({ at, kind, askedAt }: Mark): Promise<void> {
    const atMs = Math.round(at / 16);
    if (kind === 'cleared') this.utterances.clear();
    else await this.utterances.end({ reason: kind, askedAt });
    if (kind !== 'input-finished') this.outbox.push({ type: kind, atMs });
  }
}
