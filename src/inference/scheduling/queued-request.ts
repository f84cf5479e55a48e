import type { Origin } from '../../common/origin.js';
import type { Hypothesis } from '../../speech-model/hypothesis.js';
import type { Instructions } from '../../speech-model/offline-model.js';
import type { DecodePiece } from '../inference-messages.js';
import type { Priority } from './request-queue.js';

export interface DecodeRequest {
  readonly modelId: string;
  readonly priority: Priority;
  /** The request of a client that it is for; for observers only. */
  readonly origin?: Origin | undefined;
  /** The name of the API key that it is for: the keys take turns. Without one, the service itself. */
  readonly keyName?: string | undefined;
  /** The stream or recording that it belongs to: no owner gets a second worker while another waits for its first. */
  readonly owner: object;
  /** Called when a worker is free, so that a partial decodes the newest audio. */
  readonly piece: () => Omit<DecodePiece, keyof Instructions>;
  readonly instructions?: Instructions | undefined;
  readonly signal: AbortSignal;
  /** Samples of `piece`, where that is certain: only such requests may be decoded with others. */
  readonly sampleCount?: number;
}

export interface Decoded {
  readonly hypothesis: Hypothesis;
  /** From the call of `enqueue` until a worker gets it. */
  readonly queueMs: number;
}

/** A request that is not answered yet. */
export class QueuedRequest {
  readonly enqueuedAt = performance.now();
  /** It has to run alone: a batch with it has failed. */
  alone = false;
  /** It was cancelled while a worker had it: its answer is discarded. */
  abandoned = false;
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

  get sampleCount(): number | undefined {
    return this.request.sampleCount;
  }

  get priority(): Priority {
    return this.request.priority;
  }

  get origin(): Origin | undefined {
    return this.request.origin;
  }

  get keyName(): string {
    return this.request.keyName ?? '';
  }

  get owner(): object {
    return this.request.owner;
  }

  get signal(): AbortSignal {
    return this.request.signal;
  }

  get instructions(): Instructions {
    return this.request.instructions ?? {};
  }

  piece(): Omit<DecodePiece, keyof Instructions> {
    return this.request.piece();
  }

  /** Reports when the request is cancelled, until `unwatch`. */
  watch(onCancelled: () => void): void {
    this.onAbort = onCancelled;
    this.signal.addEventListener('abort', onCancelled, { once: true });
  }

  unwatch(): void {
    if (this.onAbort !== undefined) this.request.signal.removeEventListener('abort', this.onAbort);
  }
}
