import { SpeechError } from '../../common/errors/speech-error.js';
import type { WorkerResult } from '../../inference/worker-process.js';
import type { InferenceAnswer, InferenceRequest } from '../../inference/inference-messages.js';
import type { SpeechProbabilities, SpeechStretch } from '../../speech-model/voice-activity-model.js';
import { cancellation } from '../../inference/scheduling/cancellation.js';
import { windowSamples } from '../../speech-model/vad-window.js';

/** The voice activity worker, as far as hearing goes. */
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

interface Pending {
  readonly stretch: SpeechStretch;
  readonly signal: AbortSignal;
  resolve(probabilities: SpeechProbabilities): void;
  reject(error: Error): void;
}

/** Live audio comes window by window: for so long it is gathered from all streams, since a message costs more than a window. */
const gatherMs = 20;
/** A longer stretch is audio that lies there already: its reader waits for nothing else. */
const liveStretchSamples = 4 * windowSamples + windowSamples / 2;

/**
 * Hears for all inputs at once: what arrives while the voice activity worker is busy goes to it together, since a
 * batch costs little more than one. Each input asks again only when it has its answer, which bounds what waits.
 */
export class SpeechDetector {
  private pending: Pending[] = [];
  private stopped = false;
  private lastRunAt = -Infinity;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly pool: DetectingPool) {
    pool.onIdle = () => this.consider();
  }

  /** @throws SpeechError INFERENCE_FAILED, SHUTTING_DOWN, CANCELLED (or the signal's own SpeechError) */
  detect(stretch: SpeechStretch, signal: AbortSignal): Promise<SpeechProbabilities> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(cancellation(signal));
      const onAbort = (): void => this.drop(pending);
      const pending: Pending = {
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
      this.consider();
    });
  }

  /** From now on nothing waits for the worker: the pool, which is ending, refuses it. */
  stop(): void {
    this.stopped = true;
    this.dispatch();
  }

  /** Whoever asked has gone: it waits no longer, whether the worker has the stretch or not. */
  private drop(dropped: Pending): void {
    const at = this.pending.indexOf(dropped);
    if (at >= 0) this.pending.splice(at, 1);
    dropped.reject(cancellation(dropped.signal));
  }

  /** Runs what is pending now, or a moment later. */
  private consider(): void {
    if (this.pending.length === 0) return;
    const waitMs = this.lastRunAt + gatherMs - performance.now();
    const onlyLive = this.pending.every(({ stretch }) => stretch.samples.length <= liveStretchSamples);
    if (!onlyLive || waitMs <= 0) this.dispatch();
    else this.timer ??= setTimeout(() => this.dispatch(), waitMs);
  }

  private dispatch(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.pending.length === 0 || (this.pool.idleCount === 0 && !this.stopped)) return;
    const batch = this.pending;
    this.pending = [];
    this.lastRunAt = performance.now();
    void this.run(batch);
  }

  private async run(batch: readonly Pending[]): Promise<void> {
    const unwanted = new AbortController();
    const onAbort = (): void => {
      if (batch.every(({ signal }) => signal.aborted)) unwanted.abort();
    };
    for (const { signal } of batch) signal.addEventListener('abort', onAbort);
    try {
      const stretches = batch.map(({ stretch }) => stretch);
      const { answer } = await this.pool.run({ type: 'detect-speech', stretches }, unwanted.signal);
      if (answer.type !== 'speech-probabilities')
        throw new SpeechError('INFERENCE_FAILED', 'the worker gave no result');
      batch.forEach((pending, at) => pending.resolve(answer.stretches[at]!));
    } catch (error) {
      for (const pending of batch) pending.reject(error as Error);
    } finally {
      for (const { signal } of batch) signal.removeEventListener('abort', onAbort);
    }
  }
}
