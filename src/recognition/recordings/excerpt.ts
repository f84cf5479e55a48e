import { modelSampleRateHz } from '../../normalization/normalization.types.js';

/** A second whose samples are all below this amplitude is silence: -50 dBFS. */
const quiet = 10 ** (-50 / 20);

/** The first seconds of a recording from the first sound on, for uses that need no more. */
export class Excerpt {
  private left: number;
  private begun = false;

  constructor(seconds: number) {
    this.left = seconds * modelSampleRateHz;
  }

  /** The part of a block, shape (samples), that belongs to the excerpt. It begins at a whole second. */
  takeFrom(block: Float32Array): Float32Array {
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
