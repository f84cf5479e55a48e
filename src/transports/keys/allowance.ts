/**
 * An amount that refills evenly: the whole limit within one period (a token bucket). An amount that is known only after
 * it was used may overdraw it, and is paid back by the time that follows.
 */
export class Allowance {
  private level: number;
  private filledAtMs: number;

  /** @param periodMs in which the whole limit refills */
  constructor(
    readonly limit: number,
    readonly periodMs: number,
  ) {
    this.level = limit;
    this.filledAtMs = performance.now();
  }

  /** What is left; negative where more was used. */
  get remaining(): number {
    const now = performance.now();
    const refilled = ((now - this.filledAtMs) / this.periodMs) * this.limit;
    this.level = Math.min(this.limit, this.level + refilled);
    this.filledAtMs = now;
    return this.level;
  }

  use(amount: number): void {
    this.level = this.remaining - amount;
  }

  /** Time until this much is left; 0 where it is. */
  msUntil(amount: number): number {
    return (Math.max(0, amount - this.remaining) / this.limit) * this.periodMs;
  }
}
