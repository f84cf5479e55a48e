import type { PolyphaseFilter } from './polyphase-filter.js';
import { polyphaseFilter } from './polyphase-filter.js';

/** Input is processed in slices of this size, so that the size of the buffer does not depend on the caller. */
const sliceSamples = 4_096;

/**
 * Changes the sample rate of one mono input, without a delay: output sample n is at the time n / output rate, and the
 * output has round(duration * output rate) samples.
 */
export class Resampler {
  private readonly filter: PolyphaseFilter;
  /** The last `taps` samples, then a slice; shape (taps + sliceSamples). */
  private readonly buffer: Float32Array;
  /** Samples in the buffer. */
  private held: number;
  /** Start of the window of the next output sample in the buffer. */
  private position = 0;
  /** Phase of the next output sample, in units of 1 / up. */
  private phase = 0;
  private inputSamples = 0;
  private outputSamples = 0;

  /** Rates in Hz. */
  constructor(inputRate: number, outputRate: number) {
    this.filter = polyphaseFilter(inputRate, outputRate);
    this.buffer = new Float32Array(this.filter.taps + sliceSamples);
    // Silence before the first sample puts that sample in the middle of its window.
    this.held = this.filter.taps / 2 - 1;
  }

  /** Returns the input itself if the rates are equal. */
  push(input: Float32Array): Float32Array {
    if (this.filter.up === this.filter.down) return input;
    this.inputSamples += input.length;
    const { up, down, taps } = this.filter;
    // Output samples whose windows are complete.
    const complete = Math.max(0, Math.ceil(((this.inputSamples - taps / 2) * up) / down));
    const output = new Float32Array(complete - this.outputSamples);
    this.filterInto(input, output);
    return output;
  }

  /** @returns the samples whose windows reach beyond the end of the input */
  flush(): Float32Array {
    if (this.filter.up === this.filter.down) return new Float32Array(0);
    const output = new Float32Array(this.totalOutput() - this.outputSamples);
    this.filterInto(new Float32Array(this.filter.taps), output);
    return output;
  }

  private totalOutput(): number {
    return Math.round((this.inputSamples * this.filter.up) / this.filter.down);
  }

  private filterInto(input: Float32Array, output: Float32Array): void {
    let written = 0;
    for (let from = 0; from < input.length; from += sliceSamples) {
      const slice = input.subarray(from, from + sliceSamples);
      this.buffer.set(slice, this.held);
      this.held += slice.length;
      written = this.filterHeld(output, written);
      // Keep the samples that the next window needs. It begins within the buffer, because down / up < taps.
      this.buffer.copyWithin(0, this.position, this.held);
      this.held -= this.position;
      this.position = 0;
    }
    this.outputSamples += written;
  }

  private filterHeld(output: Float32Array, at: number): number {
    const { up, down, taps, phases, coefficients } = this.filter;
    const { buffer, held } = this;
    const wholeStep = Math.floor(down / up);
    const phaseStep = down % up;
    let { position, phase } = this;
    let written = at;
    while (position + taps <= held && written < output.length) {
      let row = taps * (phases === up ? phase : Math.min(phases - 1, Math.round((phase * phases) / up)));
      let start = position;
      // Four independent sums, so that the processor can overlap the additions.
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      for (const end = row + taps; row < end; row += 4, start += 4) {
        a += buffer[start]! * coefficients[row]!;
        b += buffer[start + 1]! * coefficients[row + 1]!;
        c += buffer[start + 2]! * coefficients[row + 2]!;
        d += buffer[start + 3]! * coefficients[row + 3]!;
      }
      output[written] = a + b + (c + d);
      written++;
      position += wholeStep;
      phase += phaseStep;
      if (phase >= up) {
        phase -= up;
        position++;
      }
    }
    this.position = position;
    this.phase = phase;
    return written;
  }
}
