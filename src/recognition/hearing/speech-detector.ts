import { SpeechError } from '../../common/errors/speech-error.js';
import type { WorkerResult } from '../../inference/worker-process.js';
import type { InferenceAnswer, InferenceRequest } from '../../inference/inference-messages.js';
import type { SpeechProbabilities, SpeechStretch } from '../../speech-model/voice-activity-model.js';
import { cancellation } from '../../inference/scheduling/cancellation.js';
import { windowSamples } from '../../speech-model/vad-window.js';

/** The voice activity worker, as far as detection goes. */
export interface DetectingPool {
  readonly idleCount: number;
  /** Called whenever a worker has become idle. */
  onIdle: () => void;
  /**
   * @param signal aborted when nobody waits for the result any more
   * @throws SpeechError INFERENCE_FAILED, SHUTTING_DOWN
   */
  run(body: InferenceRequest, signal: AbortSignal): Promise<WorkerResult<InferenceAnswer>>;
}

interface PendingStretch {
  readonly stretch: SpeechStretch;
  readonly signal: AbortSignal;
  resolve(probabilities: SpeechProbabilities): void;
  reject(error: Error): void;
}

/** Windows of live audio are gathered from all streams for this time: a message to the worker costs more than a window. */
const gatherMs = 20;
/** A longer stretch is not live: its sender has all of the audio, waits for the answer alone, and it runs at once. */
const liveStretchSamples = 4 * windowSamples + windowSamples / 2;

/**
 * Detects speech in all inputs together: stretches that arrive while the voice activity worker is busy go to it in one
 * batch, which costs little more than one stretch. Each input has one stretch here at a time: that bounds the batch.
 */
export class SpeechDetector {
  private pending: PendingStretch[] = [];
  private stopped = false;
  private lastRunAt = -Infinity;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly pool: DetectingPool) {
    pool.onIdle = () => this.scheduleRun();
  }

  /** @throws SpeechError INFERENCE_FAILED, SHUTTING_DOWN, CANCELLED (or the signal's own SpeechError) */
  detect(stretch: SpeechStretch, signal: AbortSignal): Promise<SpeechProbabilities> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(cancellation(signal));
      const onAbort = (): void => this.dropStretch(pending);
      const pending: PendingStretch = {
        stretch,
        signal,
        resolve: (probabilities) => {
          signal.removeEventListener('abort', onAbort);
          resolve(probabilities);
        },
        reject: (error) => {
          signal.removeEventListener('abort', onAbort);
          reject(error);
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.pending.push(pending);
      this.scheduleRun();
    });
  }

  /** From now on stretches do not wait for an idle worker: the pool, which is ending, refuses them. */
  stop(): void {
    this.stopped = true;
    this.runPending();
  }

  /** Its input has gone: it waits no longer, whether the worker has the stretch or not. */
  private dropStretch(dropped: PendingStretch): void {
    const at = this.pending.indexOf(dropped);
    if (at >= 0) this.pending.splice(at, 1);
    dropped.reject(cancellation(dropped.signal));
  }

  /** Runs what is pending now, or a moment later. */
  private scheduleRun(): void {
    if (this.pending.length === 0) return;
    const waitMs = this.lastRunAt + gatherMs - performance.now();
    const onlyLive = this.pending.every(({ stretch }) => stretch.samples.length <= liveStretchSamples);
    if (!onlyLive || waitMs <= 0) this.runPending();
    else this.timer ??= setTimeout(() => this.runPending(), waitMs);
  }

  private runPending(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.pending.length === 0 || (this.pool.idleCount === 0 && !this.stopped)) return;
    const batch = this.pending;
    this.pending = [];
    this.lastRunAt = performance.now();
    void this.runBatch(batch);
  }

  private async runBatch(batch: readonly PendingStretch[]): Promise<void> {
    const unwanted = new AbortController();
    const onAbort = (): void => {
      if (batch.every(({ signal }) => signal.aborted)) unwanted.abort();
    };
    for (const { signal } of batch) signal.addEventListener('abort', onAbort);
    try {
      const stretches = batch.map(({ stretch }) => stretch);
      const { answer } = await this.pool.run({ type: 'detect-speech', stretches }, unwanted.signal);
      if (answer.type !== 'speech-probabilities')
        throw new SpeechError('INFERENCE_FAILED', 'The worker gave no result.');
      batch.forEach((pending, at) => pending.resolve(answer.stretches[at]!));
    } catch (error) {
      for (const pending of batch) pending.reject(error as Error);
    } finally {
      for (const { signal } of batch) signal.removeEventListener('abort', onAbort);
    }
  }
}
