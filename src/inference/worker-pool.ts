import { Logger } from '@nestjs/common';
import { SpeechError } from '../common/errors/speech-error.js';
import { cancellation, orCancelled } from './scheduling/cancellation.js';
import type { LoadedGraphs } from './loaded-graphs.js';
import { startInferenceProcess } from './inference-process.js';
import type { InferenceProcess, StartInference } from './inference-process.js';
import { Refusals } from './refusals.js';
import { RestartPace } from './restart-pace.js';
import { startUntilReady } from './start-until-ready.js';
import { WorkerLostError } from './worker-process.js';
import type { WorkerResult } from './worker-process.js';
import type { InferenceAnswer, InferenceRequest } from './inference-messages.js';
import type { WorkerModel } from './worker-protocol.js';

export interface WorkerPoolOptions {
  readonly name: string;
  readonly size: number;
  /** After which a worker that does not answer is killed. */
  readonly requestTimeoutMs: number;
  readonly startProcess?: StartInference;
  /** See fork-worker.ts. */
  readonly niceness?: number;
}

/** `retried`: the first worker was lost or refused it. */
export type PoolResult = WorkerResult<InferenceAnswer> & { readonly retried: boolean };

interface Retry {
  /** It goes to none of them while there is another process. */
  readonly refusedBy: ReadonlySet<InferenceProcess>;
  resolve(worker: InferenceProcess): void;
  reject(error: SpeechError): void;
}

/** Times that a request runs at most: a process that ends with it twice is likely to end with it always. */
const maxAttempts = 2;

/**
 * A fixed number of inference processes with the same models. One that crashes or hangs is replaced, and its request
 * runs once more elsewhere.
 */
export class WorkerPool {
  private readonly logger = new Logger(WorkerPool.name);
  private readonly options: WorkerPoolOptions & Required<Pick<WorkerPoolOptions, 'startProcess'>>;
  private readonly workers = new Set<InferenceProcess>();
  private readonly idle: InferenceProcess[] = [];
  /** Requests whose worker was lost; they go before everything that is queued. */
  private readonly retries: Retry[] = [];
  private readonly refusals = new Refusals<InferenceProcess>();
  private readonly stopping = new AbortController();
  private findModels: () => Promise<readonly WorkerModel[]> = () => Promise.resolve([]);
  private emptySince: number | undefined;
  private restartCount = 0;

  /** Called whenever a worker has become idle. */
  onIdle: () => void = () => undefined;
  /** Called whenever a worker has loaded its models. */
  onReady: () => void = () => undefined;
  /** Called whenever a worker has ended by itself, or was killed because it hung. */
  onReplaced: () => void = () => undefined;

  constructor(options: WorkerPoolOptions) {
    this.options = { startProcess: startInferenceProcess, ...options };
  }

  /**
   * @param findModels verifies the files and returns their paths: at the start, and again for each process that takes
   *   the place of another, since the files may be others by then
   * @throws Error with the reason when the models cannot be loaded; SpeechError SHUTTING_DOWN when it was stopped meanwhile
   */
  async start(findModels: () => Promise<readonly WorkerModel[]>): Promise<void> {
    this.findModels = findModels;
    const { name, size } = this.options;
    const models = await findModels();
    const started = await Promise.allSettled(Array.from({ length: size }, () => this.startOne(models)));
    for (const result of started)
      if (result.status === 'fulfilled') this.adopt(result.value, new RestartPace());
    const failed = started.find((result) => result.status === 'rejected');
    if (failed === undefined && !this.isStopping()) return;
    await this.stop();
    if (failed === undefined) throw serviceEnding();
    throw new Error(`The processes for ${name} could not start: ${(failed.reason as Error).message}`);
  }

  get name(): string {
    return this.options.name;
  }

  get size(): number {
    return this.options.size;
  }

  get idleCount(): number {
    return this.idle.length;
  }

  /** Processes whose models are loaded and warm. */
  get readyCount(): number {
    return this.workers.size;
  }

  /** How long there has been no process that is ready; 0 while there is one. */
  get emptyForMs(): number {
    return this.emptySince === undefined ? 0 : performance.now() - this.emptySince;
  }

  /** Workers replaced since the start. */
  get restarts(): number {
    return this.restartCount;
  }

  get pids(): readonly number[] {
    return [...this.workers].flatMap((worker) => worker.pid ?? []);
  }

  /** The graphs that the processes have loaded. */
  get graphs(): readonly LoadedGraphs[] {
    return [...this.workers].flatMap((worker) => worker.graphs);
  }

  /**
   * Runs a request on an idle worker, and once more on another one when that worker is lost or refuses it. Several idle
   * workers may be lost in one instant: those that had not begun with the request do not count. A worker that refuses what
   * another one can do is replaced.
   * @param signal aborted when nobody waits for the result any more; a worker that has the request finishes it
   * @throws SpeechError INFERENCE_FAILED, SHUTTING_DOWN, CANCELLED (or the signal's own SpeechError)
   */
  run(body: InferenceRequest, signal?: AbortSignal): Promise<PoolResult> {
    return orCancelled(this.attempts(body, signal), signal);
  }

  /** Ends all workers. Each finishes its request first; requests that wait for a worker are rejected. Idempotent. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.idle.length = 0;
    for (const retry of this.retries.splice(0)) retry.reject(serviceEnding());
    await Promise.all([...this.workers].map((worker) => worker.stop()));
  }

  private async attempts(body: InferenceRequest, signal: AbortSignal | undefined): Promise<PoolResult> {
    let cause: unknown;
    let attempt = 1;
    let unbegun = 0;
    const refusedBy = new Set<InferenceProcess>();
    // As many as there are may have been lost in that instant.
    while (attempt <= maxAttempts && unbegun <= this.options.size) {
      if (signal?.aborted === true) throw cancellation(signal);
      const worker = this.takeIdle(refusedBy) ?? (await this.nextIdle(refusedBy, signal));
      try {
        const result = await worker.request(body, this.options.requestTimeoutMs);
        for (const other of this.refusals.answered(worker, refusedBy))
          other.kill('refused what another could do');
        return { ...result, retried: attempt + unbegun > 1 };
      } catch (error) {
        cause = error;
        const begun = !(error instanceof WorkerLostError) || error.begun;
        this.logger.warn({
          msg: 'a request failed on an inference process',
          pool: this.options.name,
          attempt,
          begun,
          reason: (error as Error).message,
          lost: error instanceof WorkerLostError,
        });
        if (!(error instanceof WorkerLostError)) refusedBy.add(worker);
        if (begun) attempt++;
        else unbegun++;
      } finally {
        this.release(worker);
      }
    }
    for (const worker of this.refusals.failed(refusedBy))
      worker.kill('refused requests, one after the other');
    throw new SpeechError('INFERENCE_FAILED', 'The model failed on this audio, twice.', { cause });
  }

  private takeIdle(refusedBy: ReadonlySet<InferenceProcess>): InferenceProcess | undefined {
    const at = this.idle.findLastIndex((worker) => this.mayTake(worker, refusedBy));
    return at < 0 ? undefined : this.idle.splice(at, 1)[0];
  }

  private mayTake(worker: InferenceProcess, refusedBy: ReadonlySet<InferenceProcess>): boolean {
    return !refusedBy.has(worker) || this.workers.size === 1;
  }

  private async nextIdle(
    refusedBy: ReadonlySet<InferenceProcess>,
    signal: AbortSignal | undefined,
  ): Promise<InferenceProcess> {
    if (this.isStopping()) throw serviceEnding();
    let retry: Retry | undefined;
    const found = new Promise<InferenceProcess>((resolve, reject) => {
      retry = { refusedBy, resolve, reject };
      this.retries.push(retry);
    });
    const onAbort = (): void => {
      const at = this.retries.findIndex((waiting) => waiting === retry);
      // A retry that is not in the list has a worker already.
      if (at < 0 || signal === undefined) return;
      this.retries.splice(at, 1)[0]?.reject(cancellation(signal));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await found;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  private startOne(models: readonly WorkerModel[]): Promise<InferenceProcess> {
    const { name, niceness, startProcess } = this.options;
    return startProcess(models, { name: name.replace(' ', '-'), niceness });
  }

  private adopt(worker: InferenceProcess, pace: RestartPace): void {
    const readyAt = performance.now();
    this.workers.add(worker);
    this.emptySince = undefined;
    this.onReady();
    void worker.ended.then((reason) =>
      this.replace(worker, reason, pace, pace.nextPauseMs(performance.now() - readyAt)),
    );
    this.release(worker);
  }

  private release(worker: InferenceProcess): void {
    if (!worker.isAlive || this.isStopping()) return;
    const at = this.retries.findIndex(({ refusedBy }) => this.mayTake(worker, refusedBy));
    if (at >= 0) {
      this.retries.splice(at, 1)[0]!.resolve(worker);
      return;
    }
    this.idle.push(worker);
    this.onIdle();
  }

  private async replace(
    lost: InferenceProcess,
    reason: string,
    pace: RestartPace,
    pauseMs: number,
  ): Promise<void> {
    this.workers.delete(lost);
    if (this.workers.size === 0) this.emptySince = performance.now();
    const at = this.idle.indexOf(lost);
    if (at >= 0) this.idle.splice(at, 1);
    if (this.isStopping()) return;
    // A retry that waited for the lost one may have to take the last one, although that refused it.
    const last = this.retries.length > 0 && this.workers.size === 1 ? this.idle.pop() : undefined;
    if (last !== undefined) this.release(last);
    this.restartCount++;
    this.onReplaced();
    this.logger.error({
      msg: 'an inference process ended; another takes its place',
      pool: this.options.name,
      process: lost.pid,
      reason: `It ${reason}.`,
      // Shown when processes end again and again.
      ...(pauseMs > 0 && { pauseMs }),
    });
    const worker = await startUntilReady(
      async () => this.startOne(await this.findModels()),
      ({ message }) =>
        this.logger.error({
          msg: 'an inference process could not start',
          pool: this.options.name,
          reason: message,
        }),
      this.stopping.signal,
      pauseMs,
    );
    if (this.isStopping()) await worker?.stop();
    else if (worker !== undefined) this.adopt(worker, pace);
  }

  /** Behind a call, since it may change while a method waits. */
  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }
}

function serviceEnding(): SpeechError {
  return new SpeechError('SHUTTING_DOWN', 'The service is ending.');
}
