/** A process that ends sooner after it was ready than this ends early. */
const earlyMs = 10_000;
/** So many early ends in succession are replaced at once: several faults may come together. */
const endsWithoutPause = 2;
const firstPauseMs = 100;
const longestPauseMs = 5_000;

/**
 * The pause before a process is replaced: none usually. One that ends again and again soon after it was ready would use a
 * core for its starts alone, so its pauses double.
 */
export class RestartPace {
  private earlyEnds = 0;

  /** @param livedMs how long the process was ready. @returns ms to wait before the next one is started */
  nextPauseMs(livedMs: number): number {
    this.earlyEnds = livedMs < earlyMs ? this.earlyEnds + 1 : 0;
    if (this.earlyEnds <= endsWithoutPause) return 0;
    return Math.min(longestPauseMs, firstPauseMs * 2 ** (this.earlyEnds - endsWithoutPause - 1));
  }
}
