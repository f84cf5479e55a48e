import { chiSquareTail } from './gamma.js';

/** How far a window of traffic lies from a reference, over the same buckets. */
export interface StabilityIndex {
  /** Population stability index: sum of (p - q) ln(p / q). 0: the same shares. */
  readonly index: number;
  /** How likely an index at least as large is when nothing has changed. */
  readonly pValue: number;
}

/**
 * The population stability index and its p-value. Without a change the index is about (1/n + 1/m) times a chi-square
 * variable of B - 1 degrees of freedom (B. Yurdakul and J. Naranjo, "Statistical properties of the population stability
 * index", Journal of Risk Model Validation 14, 2020), so that no fixed threshold suits all sizes. Half a count is added to
 * each bucket, so that an empty one gives no infinite index.
 *
 * @param window counts of the buckets
 * @param reference counts of the same buckets
 * @param windowSize independent observations in the window, if they are fewer than its counts (see designEffect)
 */
export function stabilityIndex(
  window: ArrayLike<number>,
  reference: ArrayLike<number>,
  windowSize = total(window),
): StabilityIndex {
  const buckets = reference.length;
  if (window.length !== buckets) throw new RangeError(`${window.length} buckets against ${buckets}`);
  const referenceSize = total(reference);
  const windowTotal = total(window);
  let index = 0;
  let used = 0;
  for (let i = 0; i < buckets; i++) {
    if (window[i] === 0 && reference[i] === 0) continue;
    used++;
    const p = (window[i]! + 0.5) / (windowTotal + buckets / 2);
    const q = (reference[i]! + 0.5) / (referenceSize + buckets / 2);
    index += (p - q) * Math.log(p / q);
  }
  if (used < 2 || windowSize === 0 || referenceSize === 0) return { index, pValue: 1 };
  return { index, pValue: chiSquareTail(index / (1 / windowSize + 1 / referenceSize), used - 1) };
}

function total(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += counts[i]!;
  return sum;
}
