import { SpeechError } from '../../src/common/errors/speech-error.js';
import type { Priority } from '../../src/inference/scheduling/request-queue.js';
import type { OpenSpan, SpeechSpan } from '../../src/recognition/hearing/speech-segmenter.js';
import type { SegmentAudioSource } from '../../src/recognition/live/segment-transcriber.js';
import type { SegmentAudio } from '../../src/recognition/segment-decoder.js';
import type { Hypothesis } from '../../src/speech-model/hypothesis.js';

/** Speech that a pause has ended. */
export const span = (start: number, end: number): SpeechSpan => ({
  start,
  end,
  audioStart: start,
  audioEnd: end,
  peakProbability: 1,
  endedBy: 'pause',
});

/** One decode that waits until the test takes it, and runs until the test answers it. */
export class ScriptedDecode {
  audio: SegmentAudio | undefined;
  readonly hypothesis: Promise<Hypothesis>;
  private settle: { resolve(hypothesis: Hypothesis): void; reject(error: Error): void } | undefined;

  constructor(
    private readonly prepare: () => SegmentAudio,
    readonly priority: Priority,
    private readonly signal: AbortSignal,
    private readonly onTaken: (queueMs: number) => void = () => undefined,
  ) {
    this.hypothesis = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
    const cancel = (): void => this.settle?.reject(new SpeechError('CANCELLED', 'Cancelled.'));
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel);
  }

  get isCancelled(): boolean {
    return this.signal.aborted;
  }

  take(): void {
    if (!this.isCancelled) this.audio = this.prepare();
  }

  answer(hypothesis: Hypothesis, queueMs = 0): void {
    this.onTaken(queueMs);
    this.settle?.resolve(hypothesis);
  }

  fail(): void {
    this.settle?.reject(new SpeechError('INFERENCE_FAILED', 'Lost.'));
  }
}

/** Audio in which each sample is the number of a window: the first and the one behind the last. */
export class ScriptedSource implements SegmentAudioSource {
  open: OpenSpan | undefined;
  windowCount = 0;
  readonly openPeakProbability = 1;
  keptFrom = Infinity;

  audioStartOf({ start }: OpenSpan | SpeechSpan): number {
    return start;
  }

  audioEndOf({ end }: SpeechSpan): number {
    return end;
  }

  audioBetween(start: number, end = this.windowCount): Float32Array {
    return Float32Array.of(start, end);
  }

  keepFrom(window: number): void {
    this.keptFrom = window;
  }
}
