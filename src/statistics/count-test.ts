import { logBeta } from './gamma.js';

/**
 * Whether bad events happen more often in one of two groups, with a look after every event (M. Lindon and A. Malek,
 * "Anytime-Valid Inference for Multinomial Count Data", NeurIPS 2022). If both groups have the same rate, an event is of
 * the first with the probability of its share of traffic, whatever the rate does in time. The wealth of a bet against
 * that is a martingale: by Ville's inequality it ever reaches 1 / alpha with a probability of at most alpha.
 *
 * The bet is a mixture over the share of events: a beta distribution around the expected one. It gains from either
 * direction, so `finds` asks for the direction too.
 */
export class CountTest {
  private first = 0;
  private second = 0;
  private logWealthNow = 0;
  private readonly logPrior: number;

  /**
   * @param share of the first group in the traffic, 0 to 1, both excluded
   * @param concentration of the mixture: how many events it is worth; large ones find small differences late
   */
  constructor(
    private readonly share: number,
    private readonly concentration = 50,
  ) {
    if (!(share > 0 && share < 1)) throw new RangeError(`a share of ${share}`);
    this.logPrior = logBeta(concentration * share, concentration * (1 - share));
  }

  /** Of the bet so far; 0 is even. It may fall below 0 and rise again. */
  get logWealth(): number {
    return this.logWealthNow;
  }

  get events(): { readonly first: number; readonly second: number } {
    return { first: this.first, second: this.second };
  }

  /** Whether the first group has a larger share of the events than of the traffic. */
  get isFirstWorse(): boolean {
    const events = this.first + this.second;
    return events > 0 && this.first / events > this.share;
  }

  /** @param isFirst whether the event is of the first group */
  add(isFirst: boolean): void {
    if (isFirst) this.first++;
    else this.second++;
    const { first, second, share, concentration, logPrior } = this;
    this.logWealthNow =
      logBeta(concentration * share + first, concentration * (1 - share) + second) -
      logPrior -
      first * Math.log(share) -
      second * Math.log(1 - share);
  }

  /** @param alpha probability of a false finding, however long the test runs */
  finds(alpha: number): boolean {
    return this.isFirstWorse && this.logWealth >= -Math.log(alpha);
  }
}
