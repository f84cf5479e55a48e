/** A commit needs at least this much audio. */
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

  /** Audio before `atMs` is in an item, or discarded. */
  cut(atMs: number = this.appended): void {
    this.start = Math.max(this.start, Math.min(atMs, this.appended));
  }
}
