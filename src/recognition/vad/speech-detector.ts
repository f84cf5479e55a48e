import { SpeechError } from '../../common/errors/speech-error.js';
import type { WorkerPool } from '../runtime/worker-pool.js';
import type { SpeechProbabilities, SpeechStretch } from '../runtime/worker-protocol.js';

interface Pending {
  readonly stretch: SpeechStretch;
  resolve(probabilities: SpeechProbabilities): void;
  reject(error: Error): void;
}

/**
 * Hears for all inputs at once: what arrives while the voice activity worker is busy goes to it together, since a
 * batch costs little more than one. Each input asks again only when it has its answer, which bounds what waits.
 */
export class SpeechDetector {
  private pending: Pending[] = [];
  private stopped = false;

  constructor(private readonly pool: WorkerPool) {
    pool.onIdle = () => this.dispatch();
  }

  /** @throws SpeechError INFERENCE_FAILED, SHUTTING_DOWN */
  detect(stretch: SpeechStretch): Promise<SpeechProbabilities> {
    return new Promise((resolve, reject) => {
      this.pending.push({ stretch, resolve, reject });
      this.dispatch();
    });
  }

  /** From now on nothing waits for the worker: the pool, which is ending, refuses it. */
  stop(): void {
    this.stopped = true;
    this.dispatch();
  }

  private dispatch(): void {
    if (this.pending.length === 0 || (this.pool.idleCount === 0 && !this.stopped)) return;
    const batch = this.pending;
    this.pending = [];
    void this.run(batch);
  }

  private async run(batch: readonly Pending[]): Promise<void> {
    try {
      const stretches = batch.map(({ stretch }) => stretch);
      const result = await this.pool.run({ type: 'detect-speech', stretches });
      if (result.type !== 'speech-probabilities')
        throw new SpeechError('INFERENCE_FAILED', 'the worker gave no result');
      batch.forEach((pending, at) => pending.resolve(result.stretches[at]!));
    } catch (error) {
      for (const pending of batch) pending.reject(error as Error);
    }
  }
}
