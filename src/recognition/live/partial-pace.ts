export interface PartialPaceOptions {
  readonly intervalMs: number;
  readonly maxIntervalMs: number;
}

/** A partial that waits longer than this for a worker means overload. */
const longWaitMs = 120;
const slowerBy = 1.25;
const fasterBy = 0.97;

/**
 * How often partials are decoded, for all streams together: as often as wanted while workers are free, more rarely while
 * partials wait for them. Audio and finals never give way.
 */
export class PartialPace {
  private currentMs: number;

  constructor(private readonly options: PartialPaceOptions) {
    this.currentMs = options.intervalMs;
  }

  /** Audio between two partials of one stream, now. */
  get intervalMs(): number {
    return this.currentMs;
  }

  /** @param queueMs how long a partial waited for a worker */
  waited(queueMs: number): void {
    const { intervalMs, maxIntervalMs } = this.options;
    const wanted = this.currentMs * (queueMs > longWaitMs ? slowerBy : fasterBy);
    this.currentMs = Math.max(intervalMs, Math.min(maxIntervalMs, wanted));
  }

  /** @param waitMs how long a partial waited that was cancelled before a worker took it; a short wait shows nothing */
  cancelledAfter(waitMs: number): void {
    if (waitMs > longWaitMs) this.waited(waitMs);
  }
}
