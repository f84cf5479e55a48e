import { monitorEventLoopDelay } from 'node:perf_hooks';

/** The monitor's timer; how much later it comes than this is the delay. */
const resolutionMs = 10;

export interface DelaySeconds {
  readonly median: number;
  readonly p99: number;
  readonly max: number;
}

/** How late the event loop was, from one reading to the next. */
export class EventLoopDelay {
  private readonly histogram = monitorEventLoopDelay({ resolution: resolutionMs });

  start(): void {
    this.histogram.enable();
  }

  stop(): void {
    this.histogram.disable();
  }

  /** Zero where nothing was measured since the last reading. */
  read(): DelaySeconds {
    const { histogram } = this;
    const empty = histogram.count === 0;
    const delay = (nanoseconds: number): number =>
      empty ? 0 : Math.max(0, nanoseconds / 1e9 - resolutionMs / 1e3);
    const read = {
      median: delay(histogram.percentile(50)),
      p99: delay(histogram.percentile(99)),
      max: delay(histogram.max),
    };
    histogram.reset();
    return read;
  }
}
