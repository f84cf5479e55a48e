import { countTail } from '../../statistics/count-drift.js';

/**
 * Watches a feature that is one of a few words, in blocks of one length that follow one another: each block is compared with the
 * reference once, so that false alarms are as rare as its level says.
 */
export class CountWindow {
  private readonly counts = new Map<string, number>();
  private filled = 0;
  private last = 0;

  /**
   * @param reference counts of each word
   * @param references independent observations of the reference, which may be fewer than its counts
   * @param level probability of a false alarm in a block
   */
  constructor(
    private readonly size: number,
    private readonly reference: Readonly<Record<string, number>>,
    private readonly references: number,
    private readonly level: number,
  ) {}

  push(value: string): void {
    this.counts.set(value, (this.counts.get(value) ?? 0) + 1);
    this.filled++;
    if (this.filled < this.size) return;
    this.last = this.judge();
    this.counts.clear();
    this.filled = 0;
  }

  /** How suspicious the last block was: 1 is the alarm. */
  get suspicion(): number {
    return this.last;
  }

  clear(): void {
    this.counts.clear();
    this.filled = 0;
    this.last = 0;
  }

  /** Each word against all others; the words share the level. */
  private judge(): number {
    const words = new Set([...Object.keys(this.reference), ...this.counts.keys()]);
    const total = Object.values(this.reference).reduce((sum, count) => sum + count, 0);
    let least = 1;
    for (const word of words) {
      const share = (this.reference[word] ?? 0) / Math.max(1, total);
      const count = this.counts.get(word) ?? 0;
      least = Math.min(least, countTail(count, this.size, share * this.references, this.references));
    }
    return Math.log(Math.min(1, least * words.size)) / Math.log(this.level);
  }
}
