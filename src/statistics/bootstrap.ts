import { seededRandom } from './random.js';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Numerator and denominator of one clip or client: errors and words. */
export interface RatioPart {
  readonly numerator: number;
  readonly denominator: number;
}

/**
 * Confidence interval of a ratio of sums (a word error rate) by the percentile bootstrap over whole clips or clients
 * (M. Bisani and H. Ney, "Bootstrap estimates for confidence intervals in ASR performance evaluation", ICASSP 2004).
 *
 * @returns undefined where all denominators are 0
 */
export function ratioInterval(
  parts: readonly RatioPart[],
  { resamples = 2_000, seed = 1, level = 0.95 }: { resamples?: number; seed?: number; level?: number } = {},
): Interval | undefined {
  if (!parts.some(({ denominator }) => denominator > 0)) return undefined;
  const random = seededRandom(seed);
  const rates = new Float64Array(resamples);
  for (let round = 0; round < resamples; round++) {
    let [numerator, denominator] = [0, 0];
    while (denominator === 0) {
      for (let draw = 0; draw < parts.length; draw++) {
        const part = parts[Math.floor(random() * parts.length)]!;
        numerator += part.numerator;
        denominator += part.denominator;
      }
    }
    rates[round] = numerator / denominator;
  }
  rates.sort();
  const tail = (1 - level) / 2;
  return {
    low: rates[Math.floor(tail * (resamples - 1))]!,
    high: rates[Math.ceil((1 - tail) * (resamples - 1))]!,
  };
}
