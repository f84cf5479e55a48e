/** Whoever waits for one condition of a stream. The stream releases them too when it ends. */
export class Waiters {
  private readonly waiting: (() => void)[] = [];

  wait(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Wakes all that wait now. */
  release(): void {
    if (this.waiting.length === 0) return;
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
