/** An observation, and the client that it is of. */
export interface Clustered {
  readonly cluster: string | number;
  readonly value: number;
}

/**
 * How many times larger the variance of a mean is than that of as many independent observations, because observations of
 * one client resemble each other: 1 + (m - 1) r, with the intra-class correlation r of a one-way analysis of variance
 * (L. Kish, "Survey Sampling", 1965, 5.4 and 5.6), m the size of clusters in which an observation finds itself.
 *
 * @returns at least 1; 1 where no client has two observations
 */
export function designEffect(observations: readonly Clustered[]): number {
  const clusters = new Map<string | number, { count: number; sum: number }>();
  let sum = 0;
  for (const { cluster, value } of observations) {
    const known = clusters.get(cluster) ?? { count: 0, sum: 0 };
    known.count++;
    known.sum += value;
    clusters.set(cluster, known);
    sum += value;
  }
  const n = observations.length;
  const k = clusters.size;
  if (k < 2 || k === n) return 1;
  const mean = sum / n;
  let between = 0;
  let squares = 0;
  for (const { count, sum: part } of clusters.values()) {
    between += count * (part / count - mean) ** 2;
    squares += count * count;
  }
  let all = 0;
  for (const { value } of observations) all += (value - mean) ** 2;
  const typical = (n - squares / n) / (k - 1);
  const meanBetween = between / (k - 1);
  const meanWithin = (all - between) / (n - k);
  const variance = meanBetween + (typical - 1) * meanWithin;
  if (variance <= 0) return 1;
  const correlation = Math.max(0, (meanBetween - meanWithin) / variance);
  return 1 + (squares / n - 1) * correlation;
}
