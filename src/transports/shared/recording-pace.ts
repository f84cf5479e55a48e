/** Weight of the newest recording in the mean. */
const newestWeight = 0.1;

/** Until one has been served: a slow machine with a short recording. */
const firstGuessMs = 100;

/** How fast recordings get their first segment lately, of those that wait together. */
export class RecordingPace {
  private meanMs = firstGuessMs;

  /** @param waitedMs until its first segment @param ahead recordings that waited when it came */
  served(waitedMs: number, ahead: number): void {
    const ms = waitedMs / (ahead + 1);
    this.meanMs += newestWeight * (ms - this.meanMs);
  }

  /** How many that wait are expected to be served within a time. */
  within(ms: number): number {
    return ms / this.meanMs;
  }
}
