/** The last stretch of an input: samples are added at its end and forgotten at its beginning. Grows only as needed. */
export class SampleBuffer {
  private data = new Float32Array(16_000);
  private startSample = 0;
  private length = 0;

  /** One past the newest sample, counted from the beginning of the input. */
  get end(): number {
    return this.startSample + this.length;
  }

  push(samples: Float32Array): void {
    if (this.length + samples.length > this.data.length) {
      const grown = new Float32Array(Math.max(this.data.length * 2, this.length + samples.length));
      grown.set(this.data.subarray(0, this.length));
      this.data = grown;
    }
    this.data.set(samples, this.length);
    this.length += samples.length;
  }

  /** [start, end) in place, which has to be there; valid until the next `push` or `forgetBefore`. */
  view(start: number, end: number): Float32Array {
    return this.data.subarray(start - this.startSample, end - this.startSample);
  }

  /** Samples before `sample` are not asked for again. */
  forgetBefore(sample: number): void {
    const drop = Math.min(Math.max(0, sample - this.startSample), this.length);
    // Moving costs as much as what stays: worth it once half of the buffer is old.
    if (drop < this.length / 2) return;
    this.data.copyWithin(0, drop, this.length);
    this.startSample += drop;
    this.length -= drop;
  }

  /**
   * A copy of [start, end), clipped to what is there, with as many zero samples around it.
   * @param paddingSamples zeros before and after
   */
  copy(start: number, end: number, paddingSamples: number): Float32Array {
    const from = Math.max(0, start - this.startSample);
    const to = Math.min(this.length, end - this.startSample);
    const copy = new Float32Array(Math.max(0, to - from) + 2 * paddingSamples);
    if (to > from) copy.set(this.data.subarray(from, to), paddingSamples);
    return copy;
  }
}
