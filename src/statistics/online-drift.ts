import { CramerVonMisesWindow } from './cramer-von-mises.js';

/** The bound of the statistic for one length of window. */
export interface WindowThreshold {
  readonly size: number;
  readonly threshold: number;
}

/**
 * Watches one feature for a change, with a look after every value: short windows find large changes soon, long ones small
 * changes (O. Cobb, A. Van Looveren and J. Klaise, "Sequential Multivariate Change Detection with Calibrated and Memoryless
 * False Detection Rates", AISTATS 2022). Its thresholds come from `driftThresholds`, and keep a stated expected run time.
 */
export class OnlineDrift {
  private readonly windows: readonly { readonly window: CramerVonMisesWindow; readonly threshold: number }[];
  private readonly scales: readonly number[];

  /**
   * @param referenceSize values that the ranks were made with: a small reference is itself uncertain, which enlarges the
   * statistic by 1 + n / m on average
   */
  constructor(thresholds: readonly WindowThreshold[], referenceSize: number) {
    this.windows = thresholds.map(({ size, threshold }) => ({
      window: new CramerVonMisesWindow(size),
      threshold,
    }));
    this.scales = thresholds.map(({ size }) => 1 / (1 + size / referenceSize));
  }

  /** @param rank of a value in the reference, see ReferenceRanks; values of one window have to be of different clients */
  push(rank: number): void {
    for (const { window } of this.windows) window.push(rank);
  }

  /** How far the most suspicious window is: 1 is the alarm. 0 until one of them is full. */
  get level(): number {
    let level = 0;
    this.windows.forEach(({ window, threshold }, index) => {
      if (window.isFull) level = Math.max(level, (window.statistic() * this.scales[index]!) / threshold);
    });
    return level;
  }

  get hasDrifted(): boolean {
    return this.level >= 1;
  }

  clear(): void {
    for (const { window } of this.windows) window.clear();
  }
}
