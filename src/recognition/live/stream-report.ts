import type { RecognitionObserver, StreamObservation } from '../recognition-observer.js';
import { ArrivalTimes } from './arrival-times.js';

/** Audio that is reported at once: observers are not called for each frame. */
const reportedSamples = 16_000;

/** Reports one live input to its observers, from its opening to its end. */
export class StreamReport {
  private readonly arrivals = new ArrivalTimes();
  private received = 0;
  private reported = 0;
  /** When the utterance's first window of speech came; undefined once it has a partial. */
  private speechCameAt: number | undefined;

  constructor(
    private readonly observer: RecognitionObserver,
    private readonly stream: StreamObservation,
  ) {}

  /** To be called once, before anything else. */
  opened(): void {
    this.observer.streamOpened(this.stream);
  }

  /** @param end samples that have come by now */
  audioCame(end: number): void {
    this.received = end;
    this.arrivals.record(end, performance.now());
    if (end - this.reported >= reportedSamples) this.reportAudio();
  }

  /** When the audio had come up to a time of the input; by performance.now(). */
  arrivalOf(ms: number): number | undefined {
    return this.arrivals.arrivalOf(ms * 16);
  }

  /** @param firstWindowEndMs the time of the input at which the first window of speech ends */
  utteranceStarted(firstWindowEndMs: number): void {
    this.speechCameAt = this.arrivalOf(firstWindowEndMs);
  }

  /** Only the first partial of an utterance is reported. */
  partial(): void {
    if (this.speechCameAt === undefined) return;
    this.observer.firstPartial(this.stream, { latencyMs: performance.now() - this.speechCameAt });
    this.speechCameAt = undefined;
  }

  /** @param decidedAt when the audio had come that ended the segment, or its end was asked for */
  final(decidedAt: number, empty: boolean): void {
    this.observer.finalMade(this.stream, { latencyMs: performance.now() - decidedAt, empty });
  }

  /** To be called once. */
  closed(): void {
    this.reportAudio();
    this.observer.streamClosed(this.stream, { audioMs: this.received / 16 });
  }

  private reportAudio(): void {
    const audioMs = (this.received - this.reported) / 16;
    this.reported = this.received;
    if (audioMs > 0) this.observer.audioReceived(this.stream, { audioMs });
  }
}
