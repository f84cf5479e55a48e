import { SpeechError } from '../../common/errors/speech-error.js';
import type { Hypothesis } from '../decoding/hypothesis.js';
import type { WorkerResult } from '../runtime/worker-process.js';
import type { DecodePiece, WorkerRequestBody } from '../runtime/worker-protocol.js';
import { RequestQueue } from './request-queue.js';
import type { Priority } from './request-queue.js';

export interface DecodeRequest {
  readonly modelId: string;
  readonly priority: Priority;
  /** The stream or recording that asks: nobody gets a second worker while somebody else has none. */
  readonly owner: object;
  /** Called when a worker is free, so that a partial is made of the newest audio. */
  readonly piece: () => DecodePiece;
  readonly signal: AbortSignal;
}

export interface Decoded {
  readonly hypothesis: Hypothesis;
  /** From being asked for to being given to a worker. */
  readonly queueMs: number;
  /** On the worker. */
  readonly computeMs: number;
}

/** The workers, as far as scheduling goes. */
export interface DecodingPool {
  readonly idleCount: number;
  /** Called whenever a worker has become idle. */
  onIdle: () => void;
  /** Takes an idle worker at once. @throws SpeechError INFERENCE_FAILED, SHUTTING_DOWN */
  run(body: WorkerRequestBody): Promise<WorkerResult>;
}

export interface SchedulerStats {
  readonly queued: number;
  readonly running: number;
}

/** Gives decoding work to idle workers: finals first, then partials, then recordings, fairly among their owners. */
export class Scheduler {
  private readonly queue = new RequestQueue<QueuedRequest>();
  private readonly runningOf = new Map<object, number>();
  private running = 0;
  private stopped = false;

  constructor(
    private readonly pool: DecodingPool,
    private readonly maxQueued: number,
  ) {
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
    throw new SpeechError('QUEUE_FULL', 'too much work is waiting; try again in a moment', {
      retryAfterMs: 1_000,
    });
  }

  /** @throws SpeechError CANCELLED (or the signal's own SpeechError), INFERENCE_FAILED, SHUTTING_DOWN */
  enqueue(request: DecodeRequest): Promise<Decoded> {
    return new Promise((resolve, reject) => {
      if (this.stopped || request.signal.aborted) {
        reject(this.stopped ? serviceEnding() : cancellation(request.signal));
        return;
      }
      const queued: QueuedRequest = { ...request, enqueuedAt: performance.now(), resolve, reject, onAbort };
      const { queue } = this;
      function onAbort(): void {
        if (queue.remove(queued)) reject(cancellation(request.signal));
      }
      request.signal.addEventListener('abort', onAbort, { once: true });
      this.queue.add(queued);
      this.dispatch();
    });
  }

  /** Refuses what waits and all that comes later; what is on a worker is finished. */
  stop(): void {
    this.stopped = true;
    for (const waiting of this.queue.clear()) {
      waiting.signal.removeEventListener('abort', waiting.onAbort);
      waiting.reject(serviceEnding());
    }
  }

  private dispatch(): void {
    while (this.pool.idleCount > 0) {
      const request = this.queue.take((owner) => this.runningOf.get(owner) ?? 0);
      if (request === undefined) return;
      void this.run(request);
    }
  }

  private async run(request: QueuedRequest): Promise<void> {
    const { owner, modelId } = request;
    const queueMs = performance.now() - request.enqueuedAt;
    request.signal.removeEventListener('abort', request.onAbort);
    this.running++;
    this.runningOf.set(owner, (this.runningOf.get(owner) ?? 0) + 1);
    try {
      const result = await this.pool.run({ type: 'decode', modelId, pieces: [request.piece()] });
      const hypothesis = result.type === 'decoded' ? result.pieces[0] : undefined;
      if (hypothesis === undefined) throw new SpeechError('INFERENCE_FAILED', 'the worker gave no result');
      if (request.signal.aborted) throw cancellation(request.signal);
      request.resolve({ hypothesis, queueMs, computeMs: result.computeMs });
    } catch (error) {
      request.reject(error as Error);
    } finally {
      this.running--;
      const left = (this.runningOf.get(owner) ?? 1) - 1;
      if (left === 0) this.runningOf.delete(owner);
      else this.runningOf.set(owner, left);
      this.dispatch();
    }
  }
}

interface QueuedRequest extends DecodeRequest {
  readonly enqueuedAt: number;
  readonly resolve: (decoded: Decoded) => void;
  readonly reject: (error: Error) => void;
  readonly onAbort: () => void;
}

function serviceEnding(): SpeechError {
  return new SpeechError('SHUTTING_DOWN', 'the service is ending');
}

/** Why a signal was aborted, as an error of the family. */
export function cancellation(signal: AbortSignal): SpeechError {
  if (signal.reason instanceof SpeechError) return signal.reason;
  return new SpeechError('CANCELLED', 'the request was cancelled');
}
