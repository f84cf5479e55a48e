import type { Configuration } from '../../config/configuration.js';
import { workerModelOf } from '../../inference/model-artefacts.js';
import { WorkerPool } from '../../inference/worker-pool.js';
import type { ModelRegistry } from '../../model-registry/model-registry.js';
import type { Hypothesis } from '../../speech-model/hypothesis.js';

/** The largest niceness: the shadow gets the time that nobody else wants. */
const leastNiceness = 19;

/** A second model in a process of its own. It takes no process of those that answer clients, and no queue leads to it. */
export class ShadowModel {
  private readonly pool: WorkerPool;

  /** @param id of a model of the registry, loaded for clients or not */
  constructor(
    readonly id: string,
    private readonly registry: ModelRegistry,
    private readonly configuration: Configuration,
  ) {
    this.pool = new WorkerPool({
      name: 'shadow',
      size: 1,
      requestTimeoutMs: configuration.get('WORKER_TIMEOUT_MS'),
      niceness: leastNiceness,
    });
  }

  get isReady(): boolean {
    return this.pool.idleCount > 0;
  }

  /** @throws SpeechError MODEL_NOT_FOUND, MODEL_INTEGRITY; Error when it cannot be loaded */
  async start(): Promise<void> {
    const variant = this.configuration.get('MODEL_VARIANT');
    await this.pool.start(async () => [
      await workerModelOf(this.registry, this.registry.getSpeech(this.id), variant),
    ]);
  }

  stop(): Promise<void> {
    return this.pool.stop();
  }

  /**
   * @param samples 16 kHz mono, shape (samples), padding included
   * @throws SpeechError INFERENCE_FAILED, CANCELLED, SHUTTING_DOWN
   */
  async transcribe(
    samples: Float32Array,
    signal: AbortSignal,
  ): Promise<{ readonly hypothesis: Hypothesis; readonly computeMs: number }> {
    const pieces = [{ samples, speechDetected: true }];
    const { answer, computeMs } = await this.pool.run({ type: 'decode', modelId: this.id, pieces }, signal);
    const hypothesis = answer.type === 'decoded' ? answer.pieces[0] : undefined;
    if (hypothesis === undefined) throw new Error('The shadow gave no result.');
    return { hypothesis, computeMs };
  }
}
