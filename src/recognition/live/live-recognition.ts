import type { RecognitionObserver } from '../recognition-observer.js';
import type { Scheduler } from '../../inference/scheduling/scheduler.js';
import type { SpeechDetector } from '../hearing/speech-detector.js';
import { EventOutbox } from './event-outbox.js';
import { LiveHearing } from './live-hearing.js';
import type { HearingOptions } from './live-hearing.js';
import type { OpenStreams } from './open-streams.js';
import { watchOutage } from './outage-watch.js';
import type { Outage } from './outage-watch.js';
import type { PartialPace } from './partial-pace.js';
import type { RecognitionEvent, RecognitionStream } from './recognition-stream.js';
import { StreamReport } from './stream-report.js';
import { UtteranceDecoding } from './utterance-decoding.js';
import type { UtteranceOptions } from './utterance-decoding.js';

/** What all live inputs share. */
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
  readonly kind: 'finalize' | 'clear' | 'input-finished';
  /** By performance.now(). */
  readonly askedAt: number;
}

/** Above this the source is asked to wait. */
const maxUnheardSamples = 3 * 16_000;
/** Finals that may be under way before more audio is heard: one that is decoded, one that waits for its turn. */
const maxFinalsUnderWay = 2;
/** Events that a slow reader may leave behind before more audio is heard. */
const maxEvents = 64;

/** One live input: cut by voice activity, decoded as it grows and once more when it has ended. */
export class LiveRecognition implements RecognitionStream {
  private readonly hearing: LiveHearing;
  private readonly outbox = new EventOutbox(() => this.wake());
  private readonly utterances: UtteranceDecoding;
  private readonly report: StreamReport;
  /** Aborted with the input's own signal, or when no process comes that could hear it. */
  private readonly ended = new AbortController();
  private readonly marks: Mark[] = [];
  private readonly whenDrained: (() => void)[] = [];
  private readonly whenQuiet: (() => void)[] = [];
  private wakeUp: (() => void) | undefined;
  private inputEnded = false;
  /** When the oldest samples that were not heard yet came, and those that are being heard. */
  private unheardSince: number | undefined;
  private hearingSince: number | undefined;

  constructor(
    private readonly resources: LiveResources,
    options: HearingOptions & UtteranceOptions,
    private readonly signal: AbortSignal,
  ) {
    this.hearing = new LiveHearing(resources.detector, options, this.ended.signal);
    const { scheduler, pace, observer } = resources;
    const { modelId, origin } = options;
    this.report = new StreamReport(observer, { modelId, origin });
    const onFinal = (): void => this.wake();
    this.utterances = new UtteranceDecoding(
      scheduler,
      pace,
      this.hearing,
      this.outbox,
      options,
      this.report,
      this.ended.signal,
      onFinal,
    );
    resources.streams.add(this);
    void this.run();
  }

  get receivedSeconds(): number {
    return this.hearing.received / 16_000;
  }

  get peakProbability(): number {
    return this.hearing.highestProbability;
  }

  get lagMs(): number {
    const { unheardSince = Infinity, hearingSince = Infinity } = this;
    const oldest = Math.min(unheardSince, hearingSince, this.utterances.oldestFinalSince ?? Infinity);
    return oldest === Infinity ? 0 : performance.now() - oldest;
  }

  acceptWaveform(samples: Float32Array): boolean {
    if (this.inputEnded) return true;
    if (samples.length > 0) {
      this.unheardSince ??= performance.now();
      this.hearing.receive(samples);
      this.report.audioCame(this.hearing.received);
      this.wake();
    }
    return !this.full;
  }

  drained(): Promise<void> {
    if (this.inputEnded || !this.full) return Promise.resolve();
    return new Promise((resolve) => this.whenDrained.push(resolve));
  }

  finalize(): void {
    this.mark('finalize');
  }

  clear(): void {
    this.mark('clear');
  }

  inputFinished(): void {
    this.mark('input-finished');
    this.endInput();
  }

  get isQuiet(): boolean {
    const { hearing, utterances } = this;
    if (this.inputEnded) return true;
    const allHeard = hearing.heardSamples === hearing.received && this.hearingSince === undefined;
    return allHeard && this.marks.length === 0 && utterances.silent && utterances.finalsUnderWay === 0;
  }

  quiet(): Promise<void> {
    if (this.isQuiet) return Promise.resolve();
    return new Promise((resolve) => this.whenQuiet.push(resolve));
  }

  [Symbol.asyncIterator](): AsyncIterator<RecognitionEvent> {
    return this.outbox.read();
  }

  private get full(): boolean {
    return this.hearing.received - this.hearing.heardSamples > maxUnheardSamples;
  }

  private mark(kind: Mark['kind']): void {
    if (this.inputEnded) return;
    this.marks.push({ at: this.hearing.received, kind, askedAt: performance.now() });
    this.wake();
  }

  private endInput(): void {
    this.inputEnded = true;
    for (const resolve of this.whenDrained.splice(0)) resolve();
    for (const resolve of this.whenQuiet.splice(0)) resolve();
  }

  private wake(): void {
    this.wakeUp?.();
    this.wakeUp = undefined;
  }

  private change(): Promise<void> {
    return new Promise((resolve) => (this.wakeUp = resolve));
  }

  /** Hears what comes until the input has ended, and keeps its place until the last final is there. */
  private async run(): Promise<void> {
    const { signal } = this;
    const onAbort = (): void => {
      this.outbox.abandon();
      this.ended.abort(signal.reason);
      this.wake();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    const unwatch = watchOutage(
      this.resources.outage,
      () => this.inputEnded || this.lagMs > 0,
      (error) => {
        this.outbox.end(error);
        this.ended.abort(error);
        this.wake();
      },
    );
    try {
      await this.hearing.hearQuietBefore(this.utterances.onWindow);
      let ended = false;
      while (!ended && !this.ended.signal.aborted) ended = await this.step();
      this.outbox.end();
    } catch (error) {
      this.outbox.end(error as Error);
    }
    this.endInput();
    this.unheardSince = undefined;
    this.hearingSince = undefined;
    while (this.utterances.finalsUnderWay > 0 && !this.ended.signal.aborted) await this.change();
    signal.removeEventListener('abort', onAbort);
    unwatch();
    this.resources.streams.delete(this);
    this.report.closed();
  }

  /** @returns whether the input has ended */
  private async step(): Promise<boolean> {
    const { hearing, utterances } = this;
    if (utterances.finalsUnderWay >= maxFinalsUnderWay || this.outbox.size >= maxEvents) {
      await this.change();
      return false;
    }
    const mark = this.marks[0];
    const until = mark?.at ?? hearing.received;
    if (hearing.heardSamples < until) {
      await this.hear(until);
      return false;
    }
    if (mark !== undefined) {
      this.marks.shift();
      await this.apply(mark);
      return mark.kind === 'input-finished';
    }
    if (this.isQuiet) for (const resolve of this.whenQuiet.splice(0)) resolve();
    await this.change();
    return false;
  }

  private async hear(until: number): Promise<void> {
    const { hearing, utterances } = this;
    this.hearingSince = this.unheardSince;
    const heard = hearing.hearNext(until, utterances.onWindow);
    // What came while this was taken is younger than this moment.
    this.unheardSince = hearing.heardSamples < hearing.received ? performance.now() : undefined;
    await heard;
    this.hearingSince = undefined;
    if (!this.full) for (const resolve of this.whenDrained.splice(0)) resolve();
    utterances.considerPartial();
  }

  private async apply({ at, kind, askedAt }: Mark): Promise<void> {
    const atMs = Math.round(at / 16);
    switch (kind) {
      case 'clear':
        this.utterances.clear();
        this.outbox.push({ type: 'cleared', atMs });
        return;
      case 'finalize':
        await this.utterances.end('finalized', askedAt);
        this.outbox.push({ type: 'finalized', atMs });
        return;
      case 'input-finished':
        await this.utterances.end('input-finished', askedAt);
    }
  }
}
