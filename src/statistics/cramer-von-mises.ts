/**
 * The Cramér–von Mises statistic of the newest ranks against the uniform distribution:
 *
 *     W^2 = 1 / (12 n) + sum over i of (u(i) - (2 i - 1) / (2 n))^2
 *
 * with u(i) in ascending order (T. W. Anderson, "On the distribution of the two-sample Cramér–von Mises criterion", Annals
 * of Mathematical Statistics 33, 1962). A step takes O(n) and allocates nothing.
 */
export class CramerVonMisesWindow {
  private readonly newest: Float64Array;
  private readonly sorted: Float64Array;
  private next = 0;
  private count = 0;

  /** @param size ranks in the window */
  constructor(readonly size: number) {
    this.newest = new Float64Array(size);
    this.sorted = new Float64Array(size);
  }

  get isFull(): boolean {
    return this.count === this.size;
  }

  /** @param rank 0 to 1 */
  push(rank: number): void {
    let { count } = this;
    if (this.isFull) {
      const oldest = this.placeOf(this.newest[this.next]!);
      this.sorted.copyWithin(oldest, oldest + 1, count);
      count--;
    }
    this.count = count;
    const place = this.placeOf(rank);
    this.sorted.copyWithin(place + 1, place, count);
    this.sorted[place] = rank;
    this.count = count + 1;
    this.newest[this.next] = rank;
    this.next = (this.next + 1) % this.size;
  }

  /** To be called once the window is full. */
  statistic(): number {
    const { size, sorted } = this;
    let sum = 1 / (12 * size);
    for (let i = 0; i < size; i++) {
      const distance = sorted[i]! - (2 * i + 1) / (2 * size);
      sum += distance * distance;
    }
    return sum;
  }

  clear(): void {
    this.next = 0;
    this.count = 0;
  }

  /** The first place whose rank is not below. */
  private placeOf(rank: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.sorted[middle]! < rank) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
