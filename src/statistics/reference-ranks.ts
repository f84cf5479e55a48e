/**
 * The rank of a value in a reference sample, from 0 to 1: uniform as long as values come from the same distribution. Among equal
 * values the rank is drawn by chance (the randomized probability integral transform, L. Rüschendorf, Journal of Statistical
 * Planning and Inference 139, 2009), so that it is uniform also for values such as a share that is mostly 0.
 */
export class ReferenceRanks {
  /** @param sorted ascending, at least one value */
  constructor(
    private readonly sorted: ArrayLike<number>,
    private readonly random: () => number,
  ) {
    if (sorted.length === 0) throw new RangeError('a reference without values');
  }

  get size(): number {
    return this.sorted.length;
  }

  /** A value that is equal to none lies anywhere between its neighbours. */
  rankOf(value: number): number {
    const below = this.countBelow(value, false);
    const notAbove = this.countBelow(value, true);
    return (below + this.random() * (notAbove - below + 1)) / (this.sorted.length + 1);
  }

  /** @param orEqual whether equal values count too */
  private countBelow(value: number, orEqual: boolean): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.sorted[middle]!;
      if (other < value || (orEqual && other === value)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
