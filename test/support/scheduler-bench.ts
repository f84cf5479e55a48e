import type { SpeechError } from '../../src/common/errors/speech-error.js';
import type { Decoded } from '../../src/inference/scheduling/queued-request.js';
import type { Priority } from '../../src/inference/scheduling/request-queue.js';
import { Scheduler } from '../../src/inference/scheduling/scheduler.js';
import type { SchedulerOptions } from '../../src/inference/scheduling/scheduler.js';
import { RememberingObserver } from './remembering-observer.js';
import { ScriptedPool } from './scripted-pool.js';

/** A scheduler over workers that finish when they are told to. */
export class SchedulerBench {
  readonly names: string[] = [];
  readonly pool: ScriptedPool;
  readonly spare: ScriptedPool;
  readonly scheduler: Scheduler;
  readonly observer = new RememberingObserver();

  constructor(
    workers: number,
    maxQueued = 100,
    batching: Pick<SchedulerOptions, 'maxBatch' | 'maxBatchSamples'> = {},
    spareWorkers = 0,
  ) {
    this.pool = new ScriptedPool(workers, this.names);
    this.spare = new ScriptedPool(spareWorkers, this.names);
    const { observer, spare } = this;
    this.scheduler = new Scheduler(this.pool, maxQueued, { observer, spare, ...batching });
  }

  ask(
    name: string,
    priority: Priority,
    owner: object = {},
    signal = new AbortController().signal,
    { sampleCount = 1, ...rest }: { modelId?: string; sampleCount?: number; keyName?: string } = {},
  ) {
    const at = this.names.push(name) - 1;
    const samples = new Float32Array(sampleCount);
    samples[0] = at;
    const answer: Promise<Decoded> = this.scheduler.enqueue({
      modelId: 'scripted',
      priority,
      owner,
      piece: () => ({ samples, speechDetected: true }),
      signal,
      sampleCount,
      ...rest,
    });
    return answer.then(
      ({ hypothesis }) => hypothesis.text,
      (error: SpeechError) => error.code,
    );
  }

  /** Finishes whatever runs, in turn, until nothing is left. */
  async finishAll(): Promise<readonly string[]> {
    for (let at = 0; at < this.pool.started.length; at++) await this.pool.finish(this.pool.started[at]!);
    return this.pool.started;
  }
}
