/** An observation of a quantity that does not fall as `x` rises. */
export interface WeightedPoint {
  readonly x: number;
  readonly y: number;
  readonly weight: number;
}

/** One step of a function that never falls. */
export interface Step {
  /** The mean place of the observations of the step. */
  readonly x: number;
  readonly y: number;
}

/**
 * The rising steps that are nearest to observations, in weighted squares: neighbours that fall are pooled (M. Ayer et al., "An
 * empirical distribution function for sampling with incomplete information", Annals of Mathematical Statistics 26, 1955). So
 * are scores made into probabilities (B. Zadrozny and C. Elkan, KDD 2002).
 * @returns ascending in both
 */
export function isotonicSteps(points: readonly WeightedPoint[]): Step[] {
  const pools: { x: number; y: number; weight: number }[] = [];
  for (const { x, y, weight } of points.toSorted((one, other) => one.x - other.x)) {
    let pool = { x, y, weight };
    for (let before = pools.at(-1); before !== undefined && before.y >= pool.y; before = pools.at(-1)) {
      pools.pop();
      const sum = before.weight + pool.weight;
      pool = {
        x: (before.x * before.weight + pool.x * pool.weight) / sum,
        y: (before.y * before.weight + pool.y * pool.weight) / sum,
        weight: sum,
      };
    }
    pools.push(pool);
  }
  return pools.map(({ x, y }) => ({ x, y }));
}

/** The value between the steps, by a straight line; outside of them that of the first or last. @param steps at least one */
export function valueAt(steps: readonly Step[], x: number): number {
  const next = steps.findIndex((step) => step.x >= x);
  if (next === 0) return steps[0]!.y;
  if (next < 0) return steps.at(-1)!.y;
  const [low, high] = [steps[next - 1]!, steps[next]!];
  return low.y + ((high.y - low.y) * (x - low.x)) / (high.x - low.x);
}
