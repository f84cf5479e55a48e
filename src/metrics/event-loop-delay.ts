import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Interval of the timer of the monitor; the delay is by how much the timer exceeds it. */
const resolutionMs = 10;

export interface DelaySeconds {
  readonly median: number;
  readonly p99: number;
  readonly max: number;
}

/** Measures the delay of the event loop from one reading to the next. */
export class EventLoopDelay {
  private readonly histogram = monitorEventLoopDelay({ resolution: resolutionMs });

  start(): void {
    this.histogram.enable();
  }

  stop(): void {
    this.histogram.disable();
  }

  /** @returns zeros if there was no measurement since the last reading */
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
