import { CramerVonMisesWindow } from './cramer-von-mises.js';
import type { WindowThreshold } from './online-drift.js';
import { seededRandom } from './random.js';

export interface ThresholdOptions {
  /** Lengths of the windows, in values. */
  readonly windows?: readonly number[];
  /** Values until the first false alarm, on average, over all features together. */
  readonly expectedRunTime: number;
  /** Features that are watched at once. */
  readonly features: number;
  /** Values of the simulation for each length. */
  readonly steps?: number;
  readonly seed?: number;
}

/** Excursions that a rate is measured by, at least. */
const leastExcursions = 40;

/**
 * Thresholds of OnlineDrift by simulation of ranks without a change. All windows of all features share the false alarms
 * evenly. Alarms so rare are not simulated but extrapolated: the statistic's tail is exponential (Anderson and Darling, Annals of
 * Mathematical Statistics 23, 1952), so the logarithm of the rate of alarms is a straight line in the threshold.
 */
export function driftThresholds({
  windows = [20, 50, 200],
  expectedRunTime,
  features,
  steps = 400_000,
  seed = 1,
}: ThresholdOptions): WindowThreshold[] {
  const wantedRate = 1 / (expectedRunTime * features * windows.length);
  return windows.map((size, index) => {
    const statistics = simulate(size, steps, seed + index);
    const points = [0.55, 0.7, 0.85, 1, 1.15, 1.3, 1.45, 1.6]
      .map((threshold) => ({ threshold, excursions: excursionsAbove(statistics, threshold, size) }))
      .filter(({ excursions }) => excursions >= leastExcursions)
      .map(({ threshold, excursions }) => ({ x: threshold, y: Math.log(excursions / steps) }));
    const { slope, offset } = line(points);
    return { size, threshold: (Math.log(wantedRate) - offset) / slope };
  });
}

/** The statistic after each of so many steps. */
function simulate(size: number, steps: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  const window = new CramerVonMisesWindow(size);
  for (let i = 0; i < size; i++) window.push(random());
  const statistics = new Float32Array(steps);
  for (let step = 0; step < steps; step++) {
    window.push(random());
    statistics[step] = window.statistic();
  }
  return statistics;
}

/** Alarms; while a window still holds values of one, it is the same alarm. */
function excursionsAbove(statistics: Float32Array, threshold: number, size: number): number {
  let excursions = 0;
  for (let step = 0; step < statistics.length; step++) {
    if (statistics[step]! < threshold) continue;
    excursions++;
    step += size;
  }
  return excursions;
}

/** Least squares. */
function line(points: readonly { readonly x: number; readonly y: number }[]): {
  slope: number;
  offset: number;
} {
  if (points.length < 2) throw new RangeError('too few steps to measure a rate of false alarms');
  const mean = (of: (point: { x: number; y: number }) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)];
  const slope = mean((point) => (point.x - x) * (point.y - y)) / mean((point) => (point.x - x) ** 2);
  return { slope, offset: y - slope * x };
}
