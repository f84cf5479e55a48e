import { SpeechError } from '../../common/errors/speech-error.js';
import { ReturnTimes } from '../../common/return-times.js';
import { meanLogProb } from '../../speech-model/hypothesis.js';
import type { Hypothesis } from '../../speech-model/hypothesis.js';
import { isSameInstructions } from '../../speech-model/offline-model.js';
import { silentObserver } from '../decode-observer.js';
import type { DecodeObservation, DecodeObserver } from '../decode-observer.js';
import type { InferenceAnswer, InferenceRequest } from '../inference-messages.js';
import type { WorkerResult } from '../worker-process.js';
import { cancellation } from './cancellation.js';
import { QueuedRequest } from './queued-request.js';
import type { Decoded, DecodeRequest } from './queued-request.js';
import { RequestQueue } from './request-queue.js';
import { RunningWork, isShort } from './running-work.js';

/** Workers, as the scheduler uses them. */
export interface DecodingPool {
  readonly size: number;
  readonly idleCount: number;
  /** Called whenever a worker has become idle. */
  onIdle: () => void;
  /**
   * Takes an idle worker at once. @throws SpeechError INFERENCE_FAILED, SHUTTING_DOWN
   * @param signal aborted when nobody waits for the result any more
   */
  run(
    body: InferenceRequest,
    signal: AbortSignal,
  ): Promise<WorkerResult<InferenceAnswer> & { readonly retried: boolean }>;
}

export interface SchedulerOptions {
  readonly observer?: DecodeObserver;
  /**
   * Workers for those who would otherwise wait for long segments, one request at a time; see `takeForSpare`. By default
   * there are none.
   */
  readonly spare?: DecodingPool;
  /** Requests for this model that a worker may get at once; by default 1. */
  readonly maxBatch?: (modelId: string) => number;
  /** Samples that a worker may get at once in several requests, each padded to the longest: those of a long segment. */
  readonly maxBatchSamples?: (modelId: string) => number;
}

export interface SchedulerStats {
  readonly queued: number;
  readonly running: number;
}

/** Times until a place in the queue is free: a worker takes the next piece. */
const returnTimes = { firstGuessMs: 1_000, minMs: 1_000, maxMs: 45_000 };

/** Gives decoding work to idle workers: finals first, then partials, then recordings, fairly among API keys, and among the owners of each. */
export class Scheduler {
  private readonly queue = new RequestQueue<QueuedRequest>();
  private readonly running = new RunningWork();
  private readonly options: SchedulerOptions & Required<Omit<SchedulerOptions, 'spare'>>;
  private readonly returns = new ReturnTimes(returnTimes);
  private stopped = false;

  constructor(
    private readonly pool: DecodingPool,
    private readonly maxQueued: number,
    options: SchedulerOptions = {},
  ) {
    this.options = {
      observer: silentObserver,
      maxBatch: () => 1,
      maxBatchSamples: () => 0,
      ...options,
    };
    for (const each of [pool, this.options.spare])
      if (each !== undefined) each.onIdle = () => this.dispatch();
  }

  get stats(): SchedulerStats {
    return { queued: this.queue.size, running: this.running.total };
  }

  /**
   * Called before a recording is accepted: work that has been accepted is never refused afterwards.
   * @param keyName the API key that sends it
   * @throws SpeechError QUEUE_FULL
   */
  admit(keyName = ''): void {
    if (!this.queue.isFullFor(keyName, this.maxQueued)) return;
    this.options.observer.refused({ code: 'QUEUE_FULL' });
    throw new SpeechError('QUEUE_FULL', 'Too much work is waiting. Try again in a moment.', {
      retryAfterMs: this.returns.next(this.pool.size),
    });
  }

  /**
   * @throws SpeechError CANCELLED (or the signal's own SpeechError; also a partial whose place a newer one of its
   * owner has taken), INFERENCE_FAILED, SHUTTING_DOWN
   */
  enqueue(request: DecodeRequest): Promise<Decoded> {
    return new Promise((resolve, reject) => {
      if (this.stopped || request.signal.aborted) {
        reject(this.stopped ? this.serviceEnding() : cancellation(request.signal));
        return;
      }
      const queued = new QueuedRequest(request, resolve, reject);
      if (request.priority === 'partial') this.supersedePartialOf(request.owner);
      this.wait(queued);
      this.dispatch();
    });
  }

  /** Rejects requests that wait or come later; workers finish theirs. */
  stop(): void {
    this.stopped = true;
    for (const waiting of this.queue.clear()) {
      waiting.unwatch();
      waiting.reject(this.serviceEnding());
    }
  }

  private wait(queued: QueuedRequest): void {
    queued.watch(() => this.drop(queued, cancellation(queued.signal)));
    this.queue.add(queued);
  }

  /**
   * Two queued partials of one owner would decode the same audio, the newest when a worker is free: one place in the
   * queue is enough, and the owner waits for the newer request.
   */
  private supersedePartialOf(owner: object): void {
    const older = this.queue.find('partial', owner);
    if (older !== undefined)
      this.drop(older, new SpeechError('CANCELLED', 'A newer partial took its place.'));
  }

  private drop(queued: QueuedRequest, error: SpeechError): void {
    if (!this.queue.remove(queued)) return;
    queued.unwatch();
    this.options.observer.cancelled({ priority: queued.priority, where: 'queued' });
    queued.reject(error);
  }

  private dispatch(): void {
    const { pool } = this;
    const { spare } = this.options;
    while (pool.idleCount > 0) {
      const batch = this.takeBatch();
      if (batch.length === 0) return;
      void this.run(batch, pool);
    }
    while (spare !== undefined && spare.idleCount > 0) {
      const request = this.takeForSpare();
      if (request === undefined) return;
      void this.run([request], spare);
    }
  }

  /**
   * Takes one request, or several short ones of recordings and one model when more requests wait than there are workers:
   * each worker takes its share at once. Nothing waits for a batch to fill. Live requests run alone, and a batch occupies a
   * worker no longer than a long segment does.
   */
  private takeBatch(): readonly QueuedRequest[] {
    const share = Math.ceil(this.queue.size / this.pool.size);
    const first = this.takeNext(() => true);
    if (first === undefined) return [];
    const batch = [first];
    const most = Math.min(this.options.maxBatch(first.modelId), share);
    let longest = first.batchableSamples ?? Infinity;
    while (batch.length < most) {
      const longestThatFits = this.options.maxBatchSamples(first.modelId) / (batch.length + 1);
      if (longest > longestThatFits) break;
      const next = this.takeNext(
        ({ modelId, instructions, batchableSamples = Infinity }) =>
          modelId === first.modelId &&
          batchableSamples <= longestThatFits &&
          isSameInstructions(instructions, first.instructions),
      );
      if (next === undefined) break;
      longest = Math.max(longest, next.batchableSamples ?? 0);
      batch.push(next);
    }
    return batch;
  }

  /**
   * A segment of a long recording cannot be interrupted: without a spare worker, a short query would wait for one that
   * is several times as long, on each worker. The spare worker takes a request of a key that has none running, and while
   * long segments run, a live request or the first short segment of a recording. Recordings do not take time of the
   * cores while live requests wait.
   */
  private takeForSpare(): QueuedRequest | undefined {
    const { running, queue } = this;
    return this.takeNext((request) => {
      const isRecording = request.priority === 'recording';
      if (isRecording && queue.hasLive) return false;
      if (running.of(request.keyName) === 0) return true;
      if (!running.hasLong || running.of(request.owner) > 0) return false;
      return !isRecording || (isShort(request) && !running.hasRun(request.owner));
    });
  }

  /** Takes a request out of the queue; it counts as running from now on. */
  private takeNext(fits: (request: QueuedRequest) => boolean): QueuedRequest | undefined {
    const request = this.queue.take((keyOrOwner) => this.running.of(keyOrOwner), fits);
    if (request === undefined) return undefined;
    request.unwatch();
    this.running.add(request);
    return request;
  }

  private async run(batch: readonly QueuedRequest[], pool: DecodingPool): Promise<void> {
    const takenAt = performance.now();
    const unwanted = new AbortController();
    for (const request of batch) {
      request.watch(() => {
        this.abandon(request);
        if (batch.every(({ abandoned }) => abandoned)) unwanted.abort();
      });
    }
    try {
      const pieces = batch.map((request) => ({ ...request.piece(), ...request.instructions }));
      const modelId = batch[0]!.modelId;
      const result = await pool.run({ type: 'decode', modelId, pieces }, unwanted.signal);
      const { answer } = result;
      if (answer.type !== 'decoded' || answer.pieces.length !== batch.length)
        throw new SpeechError('INFERENCE_FAILED', 'The worker gave no result.');
      const runMs = performance.now() - takenAt;
      this.returns.released(runMs / batch.length);
      const samples = pieces.reduce((sum, piece) => sum + piece.samples.length, 0);
      for (const [at, request] of batch.entries()) {
        const share = samples === 0 ? 1 : pieces[at]!.samples.length / samples;
        this.answer(request, answer.pieces[at]!, {
          audioMs: pieces[at]!.samples.length / 16,
          queueMs: takenAt - request.enqueuedAt,
          runMs,
          computeMs: result.computeMs * share,
          batchSize: batch.length,
          retried: result.retried,
        });
      }
    } catch (error) {
      for (const request of batch) this.fail(request, error as Error, batch.length > 1);
    } finally {
      for (const request of batch) this.running.remove(request);
      this.dispatch();
    }
  }

  private answer(
    request: QueuedRequest,
    hypothesis: Hypothesis,
    cost: Pick<DecodeObservation, 'audioMs' | 'queueMs' | 'runMs' | 'computeMs' | 'batchSize' | 'retried'>,
  ): void {
    const { modelId, origin, priority } = request;
    request.unwatch();
    if (request.abandoned) return;
    this.options.observer.decoded({
      modelId,
      origin,
      priority,
      ...cost,
      tokens: hypothesis.tokens.length,
      meanLogProb: meanLogProb(hypothesis),
      stopReason: hypothesis.stopReason,
      empty: hypothesis.text === '',
    });
    request.resolve({ hypothesis, queueMs: cost.queueMs });
  }

  /** Its owner stopped waiting while a worker had it, or while the pool had no worker: the answer is discarded. */
  private abandon(request: QueuedRequest): void {
    request.abandoned = true;
    this.options.observer.cancelled({ priority: request.priority, where: 'running' });
    request.reject(cancellation(request.signal));
  }

  /** One piece of a batch may be at fault. Its neighbours must not fail with it: each runs again by itself. */
  private fail(request: QueuedRequest, error: Error, inBatch: boolean): void {
    request.unwatch();
    if (request.abandoned) return;
    if (inBatch && !this.stopped) {
      request.alone = true;
      this.wait(request);
    } else {
      request.reject(error);
    }
  }

  private serviceEnding(): SpeechError {
    this.options.observer.refused({ code: 'SHUTTING_DOWN' });
    return new SpeechError('SHUTTING_DOWN', 'The service is ending.');
  }
}
