import { modelSampleRateHz } from '../../normalization/normalization.types.js';

/** Seconds below this are silence, as an amplitude: -50 dBFS. */
const quiet = 10 ** (-50 / 20);

/** The part of a recording that is listened to where a few seconds of it are enough: from the first sound on. */
export class Excerpt {
  private left: number;
  private begun = false;

  constructor(seconds: number) {
    this.left = seconds * modelSampleRateHz;
  }

  /** Of a block, shape (samples), what is in it; the beginning by the second. */
  push(block: Float32Array): Float32Array {
    let from = 0;
    while (!this.begun && from < block.length) {
      const second = block.subarray(from, from + modelSampleRateHz);
      this.begun = second.some((sample) => Math.abs(sample) > quiet);
      if (!this.begun) from += second.length;
    }
    const part = block.subarray(from, from + this.left);
    this.left -= part.length;
    return part;
  }
}
