import type { ObjectState } from '../../common/object-state.js';

/** The newest samples of an input: added at the end, forgotten at the beginning. Grows only as needed. */
export class SampleBuffer {
  private data = new Float32Array(16_000);
  private startSample = 0;
  private length = 0;

  /** One past the newest sample, counted from the beginning of the input. */
  get end(): number {
    return this.startSample + this.length;
  }

  append(samples: Float32Array): void {
    if (this.length + samples.length > this.data.length) {
      const grown = new Float32Array(Math.max(this.data.length * 2, this.length + samples.length));
      grown.set(this.data.subarray(0, this.length));
      this.data = grown;
    }
    this.data.set(samples, this.length);
    this.length += samples.length;
  }

  /** [start, end) in place; it has to be in the buffer, and is valid until the next `append` or `forgetBefore`. */
  view(start: number, end: number): Float32Array {
    return this.data.subarray(start - this.startSample, end - this.startSample);
  }

  /** Samples before `sample` are not needed any more. */
  forgetBefore(sample: number): void {
    const dropped = Math.min(Math.max(0, sample - this.startSample), this.length);
    // Moving costs as much as the samples that stay: worth it once half of the buffer is old.
    if (dropped < this.length / 2) return;
    this.data.copyWithin(0, dropped, this.length);
    this.startSample += dropped;
    this.length -= dropped;
  }

  /** The state of a buffer with the samples from `sample` on: without older ones, and without room for more. Valid as a view is. */
  stateFrom(sample: number): ObjectState {
    const dropped = Math.min(Math.max(0, sample - this.startSample), this.length);
    return {
      data: this.data.subarray(dropped, this.length),
      startSample: this.startSample + dropped,
      length: this.length - dropped,
    };
  }

  /**
   * A copy of [start, end), as far as the buffer has it, with zeros around it.
   * @param paddingSamples zeros on each side
   */
  copy(start: number, end: number, paddingSamples: number): Float32Array {
    const from = Math.max(0, start - this.startSample);
    const to = Math.min(this.length, end - this.startSample);
    const copy = new Float32Array(Math.max(0, to - from) + 2 * paddingSamples);
    if (to > from) copy.set(this.data.subarray(from, to), paddingSamples);
    return copy;
  }
}
