/** The number of times that are kept: at least five seconds of audio. */
const kept = 256;
/** Audio between two times; smaller blocks share one. */
const apartSamples = 320;

/**
 * When the samples of a live input came. A ring of fixed size: nothing is allocated while audio comes.
 * Times are of performance.now(), in ms.
 */
export class ArrivalTimes {
  /** Samples that had come by each time. */
  private readonly ends = new Float64Array(kept);
  private readonly times = new Float64Array(kept);
  private count = 0;

  /** @param end samples that have come by now */
  record(end: number, now: number): void {
    const last = (this.count - 1) % kept;
    // The newest entry moves until it stands far enough from the one before it.
    const beforeLast = this.count > 1 ? this.ends[(this.count - 2) % kept]! : 0;
    const at = this.count > 0 && this.ends[last]! - beforeLast < apartSamples ? last : this.count++ % kept;
    this.ends[at] = end;
    this.times[at] = now;
  }

  /** When a sample had come: exact to one block; for a sample of longer ago, the oldest time that is kept. */
  arrivalOf(sample: number): number | undefined {
    let found: number | undefined;
    for (let entry = this.count - 1; entry >= Math.max(0, this.count - kept); entry--) {
      if (found !== undefined && this.ends[entry % kept]! < sample) break;
      found = this.times[entry % kept]!;
    }
    return found;
  }
}
