/** Corner of the high-pass filter: below speech, and below the frequencies that the loudness depends on. */
const cornerHz = 20;

/** Removes a constant offset: y[n] = x[n] - x[n-1] + r y[n-1]. */
export class DcBlocker {
  private readonly r: number;
  private lastInput: number | undefined;
  private lastOutput = 0;

  /** @param sampleRate Hz */
  constructor(sampleRate: number) {
    this.r = 1 - (2 * Math.PI * cornerHz) / sampleRate;
  }

  /** `output` may be longer than `input`; they may be the same array. */
  process(input: Float32Array, output: Float32Array): void {
    // The filter starts at the first sample, not at zero, so that an offset does not begin with a click.
    let x1 = this.lastInput ?? input[0] ?? 0;
    let y1 = this.lastOutput;
    for (let i = 0; i < input.length; i++) {
      const x = input[i]!;
      y1 = x - x1 + this.r * y1;
      x1 = x;
      output[i] = y1;
    }
    if (input.length > 0) this.lastInput = x1;
    this.lastOutput = y1;
  }
}
