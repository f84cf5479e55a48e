import { SpeechError } from '../../common/errors/speech-error.js';
import { meanLogProb } from '../decoding/hypothesis.js';
import type { RecognitionObserver } from '../recognition-observer.js';
import { RecognitionObservers } from '../recognition-observers.js';
import type { WorkerResult } from '../runtime/worker-process.js';
import type { WorkerRequestBody } from '../runtime/worker-protocol.js';
import { cancellation, QueuedRequest } from './queued-request.js';
import type { Decoded, DecodeRequest } from './queued-request.js';
import { RequestQueue } from './request-queue.js';

export { cancellation };
export type { Decoded, DecodeRequest };

/** The workers, as far as scheduling goes. */
export interface DecodingPool {
  readonly idleCount: number;
  /** Called whenever a worker has become idle. */
  onIdle: () => void;
  /** Takes an idle worker at once. @throws SpeechError INFERENCE_FAILED, SHUTTING_DOWN */
  run(body: WorkerRequestBody): Promise<WorkerResult & { readonly retried: boolean }>;
}

export interface SchedulerOptions {
  readonly observer?: RecognitionObserver;
}

export interface SchedulerStats {
  readonly queued: number;
  readonly running: number;
}

/** Gives decoding work to idle workers: finals first, then partials, then recordings, fairly among their owners. */
export class Scheduler {
  private readonly queue = new RequestQueue<QueuedRequest>();
  private readonly runningOf = new Map<object, number>();
  private readonly observer: RecognitionObserver;
  private running = 0;
  private stopped = false;

  constructor(
    private readonly pool: DecodingPool,
    private readonly maxQueued: number,
    { observer = new RecognitionObservers() }: SchedulerOptions = {},
  ) {
    this.observer = observer;
    pool.onIdle = () => this.dispatch();
  }

  get stats(): SchedulerStats {
    return { queued: this.queue.size, running: this.running };
  }

  /**
   * Asked before a recording is accepted: what has been accepted is never refused afterwards.
   * @throws SpeechError QUEUE_FULL
   */
  admit(): void {
    if (this.queue.size < this.maxQueued) return;
    this.observer.refused({ code: 'QUEUE_FULL' });
    throw new SpeechError('QUEUE_FULL', 'too much work is waiting; try again in a moment', {
      retryAfterMs: 1_000,
    });
  }

  /**
   * @throws SpeechError CANCELLED (or the signal's own SpeechError; also a partial whose place a newer one of its
   * owner has taken), DEADLINE_EXCEEDED, INFERENCE_FAILED, SHUTTING_DOWN
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

  /** Refuses what waits and all that comes later; what is on a worker is finished. */
  stop(): void {
    this.stopped = true;
    for (const waiting of this.queue.clear()) {
      waiting.unwatch();
      waiting.reject(this.serviceEnding());
    }
  }

  private wait(queued: QueuedRequest): void {
    queued.watch(
      () => this.drop(queued, cancellation(queued.signal)),
      () => this.expire(queued),
    );
    this.queue.add(queued);
  }

  /**
   * Two partials of one owner would hear the same audio, the newest when a worker is free, and say the same: one
   * place in the queue is enough, and the newer request is the one that its owner still thinks of.
   */
  private supersedePartialOf(owner: object): void {
    const older = this.queue.find('partial', owner);
    if (older !== undefined) this.drop(older, new SpeechError('CANCELLED', 'a newer partial took its place'));
  }

  private drop(queued: QueuedRequest, error: SpeechError): void {
    if (!this.queue.remove(queued)) return;
    queued.unwatch();
    this.observer.cancelled({ priority: queued.priority, where: 'queued' });
    queued.reject(error);
  }

  private expire(queued: QueuedRequest): void {
    this.queue.remove(queued);
    queued.unwatch();
    this.observer.refused({ code: 'DEADLINE_EXCEEDED' });
    queued.reject(new SpeechError('DEADLINE_EXCEEDED', 'no worker was free in time'));
  }

  private dispatch(): void {
    while (this.pool.idleCount > 0) {
      const request = this.queue.take((owner) => this.runningOf.get(owner) ?? 0);
      if (request === undefined) return;
      if (request.isExpired) this.expire(request);
      else void this.run(request);
    }
  }

  private async run(request: QueuedRequest): Promise<void> {
    const queueMs = performance.now() - request.enqueuedAt;
    request.unwatch();
    this.count(request, 1);
    try {
      const piece = request.piece();
      const result = await this.pool.run({ type: 'decode', modelId: request.modelId, pieces: [piece] });
      const hypothesis = result.type === 'decoded' ? result.pieces[0] : undefined;
      if (hypothesis === undefined) throw new SpeechError('INFERENCE_FAILED', 'the worker gave no result');
      const { computeMs, retried } = result;
      if (request.signal.aborted) {
        this.observer.cancelled({ priority: request.priority, where: 'running' });
        throw cancellation(request.signal);
      }
      this.observer.decoded({
        modelId: request.modelId,
        priority: request.priority,
        audioMs: piece.samples.length / 16,
        queueMs,
        computeMs,
        batchSize: 1,
        tokens: hypothesis.tokens.length,
        meanLogProb: meanLogProb(hypothesis),
        stopReason: hypothesis.stopReason,
        empty: hypothesis.text === '',
        retried,
      });
      request.resolve({ hypothesis, queueMs, computeMs });
    } catch (error) {
      request.reject(error as Error);
    } finally {
      this.count(request, -1);
      this.dispatch();
    }
  }

  private count({ owner }: QueuedRequest, change: 1 | -1): void {
    this.running += change;
    const running = (this.runningOf.get(owner) ?? 0) + change;
    if (running === 0) this.runningOf.delete(owner);
    else this.runningOf.set(owner, running);
  }

  private serviceEnding(): SpeechError {
    this.observer.refused({ code: 'SHUTTING_DOWN' });
    return new SpeechError('SHUTTING_DOWN', 'the service is ending');
  }
}
