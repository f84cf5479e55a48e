/** The time in which a client is awaited: its bytes, or that it reads. */
export class ClientWait {
  /** How many wait, since when, and how long anybody did before. */
  private waiting = 0;
  private since = 0;
  private beforeMs = 0;

  /** Counts the time until `work` settles. @throws what `work` throws */
  async during<T>(work: Promise<T>): Promise<T> {
    if (this.waiting++ === 0) this.since = performance.now();
    try {
      return await work;
    } finally {
      if (--this.waiting === 0) this.beforeMs += performance.now() - this.since;
    }
  }

  /** Since when the client is awaited, if it is, and how long it was in all. */
  awaited(now: number): { readonly since: number | undefined; readonly totalMs: number } {
    const since = this.waiting > 0 ? this.since : undefined;
    return { since, totalMs: this.beforeMs + (since === undefined ? 0 : now - since) };
  }
}
