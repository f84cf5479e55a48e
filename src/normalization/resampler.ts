import type { PolyphaseFilter } from './polyphase-filter.js';
import { polyphaseFilter } from './polyphase-filter.js';

/** Input samples taken at a time, so that the working buffer does not depend on the caller's chunks. */
const sliceSamples = 4_096;

/**
 * Changes the sample rate of one mono stream. Its delay is taken out: output sample n stands at the time n / output
 * rate, and the whole has round(duration * output rate) samples.
 */
export class Resampler {
  private readonly filter: PolyphaseFilter;
  /** The last `taps` samples of history, then a slice; shape (taps + sliceSamples). */
  private readonly buffer: Float32Array;
  /** Samples in the buffer. */
  private held: number;
  /** Where in the buffer the window of the next output sample begins, and its phase in units of 1 / up. */
  private position = 0;
  private phase = 0;
  private inputSamples = 0;
  private outputSamples = 0;

  /** Rates in Hz. */
  constructor(inputRate: number, outputRate: number) {
    this.filter = polyphaseFilter(inputRate, outputRate);
    this.buffer = new Float32Array(this.filter.taps + sliceSamples);
    // Silence before the first sample, so that it stands in the middle of its window.
    this.held = this.filter.taps / 2 - 1;
  }

  /** Equal rates hand back the input itself. */
  push(input: Float32Array): Float32Array {
    if (this.filter.up === this.filter.down) return input;
    this.inputSamples += input.length;
    const { up, down, taps } = this.filter;
    // Windows that are whole, their last input sample being there.
    const whole = Math.max(0, Math.ceil(((this.inputSamples - taps / 2) * up) / down));
    const output = new Float32Array(whole - this.outputSamples);
    this.filterInto(input, output);
    return output;
  }

  /** The samples whose windows reach beyond the end. */
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
      // Keep what the next window still needs. Windows never begin beyond what is held: down / up < taps.
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
      // Four sums, so that an addition need not wait for the one before.
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
      written += 1;
      position += wholeStep;
      phase += phaseStep;
      if (phase >= up) {
        phase -= up;
        position += 1;
      }
    }
    this.position = position;
    this.phase = phase;
    return written;
  }
}
