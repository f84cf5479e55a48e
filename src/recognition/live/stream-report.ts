import type { RecognitionObserver, StreamObservation } from '../recognition-observer.js';
import { ArrivalTimes } from './arrival-times.js';

/** Audio that is told at once: observers are not called for each frame. */
const toldSamples = 16_000;

/** What one live input tells its observers, from its opening to its end. */
export class StreamReport {
  private readonly arrivals = new ArrivalTimes();
  private received = 0;
  private told = 0;

  constructor(
    private readonly observer: RecognitionObserver,
    private readonly stream: StreamObservation,
  ) {
    observer.streamOpened(stream);
  }

  /** @param end samples that have come by now */
  audioCame(end: number): void {
    this.received = end;
    this.arrivals.note(end, performance.now());
    if (end - this.told >= toldSamples) this.tellAudio();
  }

  /** When the audio had come up to a time of the input; by performance.now(). */
  arrivalOf(ms: number): number | undefined {
    return this.arrivals.of(ms * 16);
  }

  /** @param speechCameAt when the first window of speech of the utterance had come */
  firstPartial(speechCameAt: number): void {
    this.observer.firstPartial(this.stream, { latencyMs: performance.now() - speechCameAt });
  }

  /** @param decidedAt when the audio had come that ended the segment, or its end was asked for */
  final(decidedAt: number, empty: boolean): void {
    this.observer.finalMade(this.stream, { latencyMs: performance.now() - decidedAt, empty });
  }

  /** To be called once. */
  closed(): void {
    this.tellAudio();
    this.observer.streamClosed(this.stream, { audioMs: this.received / 16 });
  }

  private tellAudio(): void {
    const audioMs = (this.received - this.told) / 16;
    this.told = this.received;
    if (audioMs > 0) this.observer.streamHeard(this.stream, { audioMs });
  }
}
