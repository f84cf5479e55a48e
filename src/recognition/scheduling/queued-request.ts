import { SpeechError } from '../../common/errors/speech-error.js';
import type { Hypothesis } from '../decoding/hypothesis.js';
import type { DecodePiece } from '../runtime/worker-protocol.js';
import type { Priority } from './request-queue.js';

export interface DecodeRequest {
  readonly modelId: string;
  readonly priority: Priority;
  /** The stream or recording that asks: nobody gets a second worker while somebody else has none. */
  readonly owner: object;
  /** Called when a worker is free, so that a partial is made of the newest audio. */
  readonly piece: () => DecodePiece;
  readonly signal: AbortSignal;
  /** By the clock of performance.now(): a worker that is free only after this is not wanted any more. */
  readonly deadlineMs?: number;
  /** Samples that `piece` will give, where that is certain: only such requests may be decoded with others. */
  readonly sampleCount?: number;
}

export interface Decoded {
  readonly hypothesis: Hypothesis;
  /** From being asked for to being given to a worker. */
  readonly queueMs: number;
  /** On the worker; of pieces that were decoded together, the share by length. */
  readonly computeMs: number;
}

/** What a timer of node's can wait at most. */
const longestTimerMs = 2 ** 31 - 1;

/** A request between being asked for and being answered. */
export class QueuedRequest {
  readonly enqueuedAt = performance.now();
  /** It has to run alone: a batch with it has failed. */
  alone = false;
  private timer: NodeJS.Timeout | undefined;
  private onAbort: (() => void) | undefined;

  constructor(
    private readonly request: DecodeRequest,
    readonly resolve: (decoded: Decoded) => void,
    readonly reject: (error: Error) => void,
  ) {}

  get modelId(): string {
    return this.request.modelId;
  }

  /** Samples of a request that may be decoded with others; undefined where it may not. */
  get batchableSamples(): number | undefined {
    return this.alone || this.priority !== 'recording' ? undefined : this.request.sampleCount;
  }

  get priority(): Priority {
    return this.request.priority;
  }

  get owner(): object {
    return this.request.owner;
  }

  get signal(): AbortSignal {
    return this.request.signal;
  }

  /** Timers are late when the loop is busy: asked again before a worker is taken. */
  get isExpired(): boolean {
    const { deadlineMs } = this.request;
    return deadlineMs !== undefined && performance.now() >= deadlineMs;
  }

  piece(): DecodePiece {
    return this.request.piece();
  }

  /** Tells when the request is cancelled or its deadline passes, until `unwatch`. */
  watch(onCancelled: () => void, onExpired: () => void): void {
    const { signal, deadlineMs } = this.request;
    this.onAbort = onCancelled;
    signal.addEventListener('abort', onCancelled, { once: true });
    if (deadlineMs === undefined) return;
    this.timer = setTimeout(onExpired, Math.min(deadlineMs - performance.now(), longestTimerMs));
    this.timer.unref();
  }

  unwatch(): void {
    clearTimeout(this.timer);
    if (this.onAbort !== undefined) this.request.signal.removeEventListener('abort', this.onAbort);
  }
}

/** Why a signal was aborted, as an error of the family. */
export function cancellation(signal: AbortSignal): SpeechError {
  if (signal.reason instanceof SpeechError) return signal.reason;
  return new SpeechError('CANCELLED', 'the request was cancelled');
}
