import { KWeightedEnergy } from './k-weighting.js';

/** BS.1770-4: blocks of 400 ms overlap by three quarters, so a new one begins every 100 ms. */
export const hopSeconds = 0.1;
const hopsPerBlock = 4;
const absoluteGateLufs = -70;
const relativeGateLu = -10;
/** The integrated loudness is a histogram of blocks, so that hours of audio need no more memory than seconds. */
const binsPerLu = 10;
const highestLufs = 10;
const bins = (highestLufs - absoluteGateLufs) * binsPerLu;

function toLufs(meanSquare: number): number {
  return meanSquare > 0 ? -0.691 + 10 * Math.log10(meanSquare) : -Infinity;
}

/**
 * Measures the loudness of one mono input by ITU-R BS.1770-4: K-weighting, 400 ms blocks, an absolute gate at -70 LUFS
 * and a relative gate 10 LU below the mean of the blocks that pass the first. Input shorter than a block counts as one.
 */
export class LoudnessMeter {
  private readonly weighted: KWeightedEnergy;
  private readonly hopSamples: number;
  private readonly counts = new Uint32Array(bins);
  private readonly energies = new Float64Array(bins);
  /** Ring of the mean squares of the last hops; shape (windowHops). */
  private readonly hops: Float64Array;
  private hopEnergy = 0;
  private hopFilled = 0;
  private windowAtHop = -1;
  private windowLufsThere = -Infinity;
  /** Number of complete hops. */
  hopCount = 0;

  /**
   * @param sampleRate Hz
   * @param windowSeconds length of audio that `windowLufs` measures
   */
  constructor(sampleRate: number, windowSeconds = 30) {
    this.weighted = new KWeightedEnergy(sampleRate);
    this.hopSamples = Math.round(sampleRate * hopSeconds);
    this.hops = new Float64Array(Math.max(hopsPerBlock, Math.round(windowSeconds / hopSeconds)));
  }

  push(samples: Float32Array): void {
    for (let from = 0; from < samples.length;) {
      const to = Math.min(samples.length, from + this.hopSamples - this.hopFilled);
      this.hopEnergy += this.weighted.sum(samples, from, to);
      this.hopFilled += to - from;
      from = to;
      if (this.hopFilled === this.hopSamples) this.endHop();
    }
  }

  /** Loudness of all audio so far; -Infinity if all of it is below the absolute gate. */
  integratedLufs(): number {
    if (this.hopCount < hopsPerBlock) return this.shortLufs();
    const gate = toLufs(this.meanFrom(0)) + relativeGateLu;
    const lowest = Math.max(0, Math.ceil((gate - absoluteGateLufs) * binsPerLu));
    return toLufs(this.meanFrom(lowest));
  }

  /** The same for the last `windowSeconds` before the last complete hop. */
  windowLufs(): number {
    if (this.hopCount < hopsPerBlock) return this.shortLufs();
    if (this.windowAtHop !== this.hopCount) {
      this.windowAtHop = this.hopCount;
      const gate = toLufs(this.windowMean(absoluteGateLufs)) + relativeGateLu;
      this.windowLufsThere = toLufs(this.windowMean(Math.max(gate, absoluteGateLufs)));
    }
    return this.windowLufsThere;
  }

  private endHop(): void {
    this.hops[this.hopCount % this.hops.length] = this.hopEnergy / this.hopSamples;
    this.hopCount++;
    this.hopEnergy = 0;
    this.hopFilled = 0;
    if (this.hopCount < hopsPerBlock) return;
    const energy = this.blockEnding(this.hopCount);
    const bin = Math.floor((toLufs(energy) - absoluteGateLufs) * binsPerLu);
    if (bin < 0) return;
    const at = Math.min(bins - 1, bin);
    this.counts[at]!++;
    this.energies[at]! += energy;
  }

  /** Mean square of the four hops before hop `end`. */
  private blockEnding(end: number): number {
    let sum = 0;
    for (let hop = end - hopsPerBlock; hop < end; hop++) sum += this.hops[hop % this.hops.length]!;
    return sum / hopsPerBlock;
  }

  private meanFrom(lowestBin: number): number {
    let count = 0;
    let sum = 0;
    for (let bin = lowestBin; bin < bins; bin++) {
      count += this.counts[bin]!;
      sum += this.energies[bin]!;
    }
    return count === 0 ? 0 : sum / count;
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
    let energy = this.hopEnergy;
    for (let hop = 0; hop < this.hopCount; hop++) energy += this.hops[hop]! * this.hopSamples;
    const lufs = toLufs(energy / Math.max(1, this.hopCount * this.hopSamples + this.hopFilled));
    return lufs < absoluteGateLufs ? -Infinity : lufs;
  }
}
