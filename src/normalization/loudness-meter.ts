import { KWeightedEnergy } from './k-weighting.js';
import { absoluteGateLufs, GatedLoudness, toLufs } from './signal/gated-loudness.js';

/** BS.1770-4: blocks of 400 ms overlap by three quarters, so a new one begins every 100 ms. */
export const hopSeconds = 0.1;
const hopsPerBlock = 4;
const relativeGateLu = -10;

/**
 * Measures the loudness of one mono input by ITU-R BS.1770-4: K-weighting, 400 ms blocks, an absolute gate at -70 LUFS
 * and a relative gate 10 LU below the mean of the blocks that pass the first. Input shorter than a block counts as one.
 */
export class LoudnessMeter {
  private readonly weighted: KWeightedEnergy;
  private readonly hopSamples: number;
  private readonly integrated = new GatedLoudness();
  /** Ring of the mean squares of the last hops; shape (windowHops). */
  private readonly hops: Float64Array;
  /** Squares of the weighted samples: of the open hop, and since they were taken. */
  private readonly sums = new Float64Array(2);
  private hopFilled = 0;
  private windowAtHop = -1;
  private windowLufsThere = -Infinity;
  /** Number of complete hops. */
  hopCount = 0;

  /**
   * @param sampleRate Hz
   * @param windowSeconds length of audio that `windowLufs` measures
   * @param secondGateLufs of `windowLufs`: very quiet speech is below the gate of the standard
   */
  constructor(
    sampleRate: number,
    windowSeconds = 30,
    private readonly secondGateLufs = absoluteGateLufs,
  ) {
    this.weighted = new KWeightedEnergy(sampleRate);
    this.hopSamples = Math.round(sampleRate * hopSeconds);
    this.hops = new Float64Array(Math.max(hopsPerBlock, Math.round(windowSeconds / hopSeconds)));
  }

  push(samples: Float32Array): void {
    for (let from = 0; from < samples.length;) {
      const to = Math.min(samples.length, from + this.hopSamples - this.hopFilled);
      this.weighted.addTo(this.sums, samples, from, to);
      this.hopFilled += to - from;
      from = to;
      if (this.hopFilled === this.hopSamples) this.endHop();
    }
  }

  /** @returns the sum of the squares of the weighted samples since the last call */
  takeWeighted(): number {
    const sum = this.sums[1]!;
    this.sums[1] = 0;
    return sum;
  }

  /** Loudness of all audio so far; -Infinity if all of it is below the absolute gate. */
  integratedLufs(): number {
    return this.hopCount < hopsPerBlock ? this.shortLufs() : this.integrated.integratedLufs();
  }

  /** The same for the last `windowSeconds` before the last complete hop; where all is below the gate, with the second gate. */
  windowLufs(): number {
    if (this.hopCount < hopsPerBlock) return this.shortLufs();
    if (this.windowAtHop !== this.hopCount) {
      this.windowAtHop = this.hopCount;
      this.windowLufsThere = this.windowLufsAbove(absoluteGateLufs);
      if (this.windowLufsThere === -Infinity)
        this.windowLufsThere = this.windowLufsAbove(this.secondGateLufs);
    }
    return this.windowLufsThere;
  }

  private windowLufsAbove(absoluteLufs: number): number {
    const gate = toLufs(this.windowMean(absoluteLufs)) + relativeGateLu;
    return toLufs(this.windowMean(Math.max(gate, absoluteLufs)));
  }

  private endHop(): void {
    this.hops[this.hopCount % this.hops.length] = this.sums[0]! / this.hopSamples;
    this.hopCount++;
    this.sums[0] = 0;
    this.hopFilled = 0;
    if (this.hopCount < hopsPerBlock) return;
    this.integrated.addBlock(this.blockEnding(this.hopCount));
  }

  /** Mean square of the four hops before hop `end`. */
  private blockEnding(end: number): number {
    let sum = 0;
    for (let hop = end - hopsPerBlock; hop < end; hop++) sum += this.hops[hop % this.hops.length]!;
    return sum / hopsPerBlock;
  }

  private windowMean(gateLufs: number): number {
    const gate = 10 ** ((gateLufs + 0.691) / 10);
    const first = Math.max(hopsPerBlock, this.hopCount - this.hops.length + hopsPerBlock);
    let count = 0;
    let sum = 0;
    for (let end = first; end <= this.hopCount; end++) {
      const energy = this.blockEnding(end);
      if (energy < gate) continue;
      count++;
      sum += energy;
    }
    return count === 0 ? 0 : sum / count;
  }

  private shortLufs(): number {
    let energy = this.sums[0]!;
    for (let hop = 0; hop < this.hopCount; hop++) energy += this.hops[hop]! * this.hopSamples;
    const lufs = toLufs(energy / Math.max(1, this.hopCount * this.hopSamples + this.hopFilled));
    return lufs < absoluteGateLufs ? -Infinity : lufs;
  }
}
