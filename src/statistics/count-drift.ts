import { logBeta } from './gamma.js';

/**
 * How likely a count at least as extreme is when nothing has changed, on both sides: the predictive distribution of a count,
 * given that of a reference, is beta-binomial (A. Gelman et al., "Bayesian Data Analysis", 2.4, with Jeffreys' prior). Exact for
 * small counts too, for which the chi-square distribution of an index is not.
 *
 * @param count of `size` observations
 * @param referenceCount of `referenceSize` observations
 */
export function countTail(
  count: number,
  size: number,
  referenceCount: number,
  referenceSize: number,
): number {
  const a = referenceCount + 0.5;
  const b = referenceSize - referenceCount + 0.5;
  const norm = logBeta(a, b);
  let below = 0;
  let above = 0;
  let logChoose = 0;
  for (let k = 0; k <= size; k++) {
    if (k > 0) logChoose += Math.log((size - k + 1) / k);
    const likely = Math.exp(logChoose + logBeta(k + a, size - k + b) - norm);
    if (k <= count) below += likely;
    if (k >= count) above += likely;
  }
  return Math.min(1, 2 * Math.min(below, above));
}
