/** Values of one group, summed up; also their squares. */
class Sums {
  count = 0;
  mean = 0;
  private squares = 0;

  get variance(): number {
    return this.count < 2 ? 0 : this.squares / (this.count - 1);
  }

  /** Welford's method. */
  add(value: number): void {
    this.count++;
    const before = value - this.mean;
    this.mean += before / this.count;
    this.squares += before * (value - this.mean);
  }
}

export interface MeanTestOptions {
  /** The smallest difference that matters, in the unit of the values: the standard deviation of the mixture. */
  readonly effect: number;
  /** Values are cut to these bounds, so that one outlier decides nothing. */
  readonly low: number;
  readonly high: number;
  /** The variance is an estimate: nothing is decided before both groups have as many values. */
  readonly leastCount?: number;
}

/**
 * Whether two groups have the same mean, with a look after every value: the mixture sequential probability ratio test
 * (R. Johari, P. Koomen, L. Pekelis and D. Walsh, "Always Valid Inference: Continuous Monitoring of A/B Tests", Operations
 * Research 70, 2022). V is the variance of the difference of the means:
 *
 *     log L = ln(V / (V + t^2)) / 2 + t^2 d^2 / (2 V (V + t^2))
 *
 * V is estimated, so the bound on false findings holds for large samples; the simulation of the canary measures it for small ones.
 */
export class MeanTest {
  private readonly first = new Sums();
  private readonly second = new Sums();

  constructor(private readonly options: MeanTestOptions) {}

  /** Mean of the first group minus that of the second. */
  get difference(): number {
    return this.first.mean - this.second.mean;
  }

  get counts(): { readonly first: number; readonly second: number } {
    return { first: this.first.count, second: this.second.count };
  }

  get logLikelihoodRatio(): number {
    const { first, second, options } = this;
    const least = options.leastCount ?? 20;
    if (first.count < least || second.count < least) return 0;
    const variance = this.variance;
    if (variance === 0) return 0;
    const mixture = options.effect ** 2;
    return (
      Math.log(variance / (variance + mixture)) / 2 +
      (mixture * this.difference ** 2) / (2 * variance * (variance + mixture))
    );
  }

  add(isFirst: boolean, value: number): void {
    const { low, high } = this.options;
    (isFirst ? this.first : this.second).add(Math.min(high, Math.max(low, value)));
  }

  /** @param alpha probability of a false finding, however long the test runs */
  finds(alpha: number): boolean {
    return this.logLikelihoodRatio >= -Math.log(alpha);
  }

  /**
   * Half the width of the confidence sequence of the difference: it contains the true one at all times at once with
   * a probability of at least 1 - alpha (the differences at which the test above finds nothing). Infinity at first.
   */
  halfWidth(alpha: number): number {
    const { first, second, options } = this;
    const least = options.leastCount ?? 20;
    if (first.count < least || second.count < least) return Infinity;
    const variance = this.variance;
    const mixture = options.effect ** 2;
    const sum = variance + mixture;
    return Math.sqrt(((2 * variance * sum) / mixture) * (Math.log(1 / alpha) + Math.log(sum / variance) / 2));
  }

  /** Of the difference of the means; the values that are all equal have a small one all the same. */
  private get variance(): number {
    const { first, second, options } = this;
    const floor = ((options.high - options.low) * 1e-3) ** 2;
    return Math.max(first.variance, floor) / first.count + Math.max(second.variance, floor) / second.count;
  }
}
