/** Audio that a commit makes an item of needs this much. */
export const minCommitMs = 100;

/** How much audio was appended, and where the last item ended in it. Times in ms from the first sample of the session. */
export class InputBuffer {
  private appended = 0;
  private start = 0;

  get appendedMs(): number {
    return this.appended;
  }

  /** Audio that is in no item yet. */
  get bufferedMs(): number {
    return this.appended - this.start;
  }

  get startMs(): number {
    return this.start;
  }

  append(ms: number): void {
    this.appended += ms;
  }

  /** What is before it is in an item, or forgotten. */
  cut(atMs: number = this.appended): void {
    this.start = Math.max(this.start, Math.min(atMs, this.appended));
  }
}
