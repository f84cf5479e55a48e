/** BS.1770-4: blocks below the absolute gate do not count, nor those 10 LU below the mean of the others. */
export const absoluteGateLufs = -70;
const relativeGateLu = -10;
/** The blocks are a histogram, so that hours of audio need no more memory than seconds. */
const binsPerLu = 10;
const highestLufs = 10;
const bins = (highestLufs - absoluteGateLufs) * binsPerLu;

/** @param meanSquare of weighted samples @returns LUFS; -Infinity for silence */
export function toLufs(meanSquare: number): number {
  return meanSquare > 0 ? -0.691 + 10 * Math.log10(meanSquare) : -Infinity;
}

/** The integrated loudness of blocks with the two gates of ITU-R BS.1770-4. */
export class GatedLoudness {
  private readonly counts = new Uint32Array(bins);
  private readonly energies = new Float64Array(bins);

  /** @param meanSquare of the weighted samples of a block */
  addBlock(meanSquare: number): void {
    const bin = Math.floor((toLufs(meanSquare) - absoluteGateLufs) * binsPerLu);
    if (!(bin >= 0)) return;
    const at = Math.min(bins - 1, bin);
    this.counts[at]!++;
    this.energies[at]! += meanSquare;
  }

  /** -Infinity if all blocks are below the absolute gate. */
  integratedLufs(): number {
    const gate = toLufs(this.meanFrom(0)) + relativeGateLu;
    return toLufs(this.meanFrom(Math.max(0, Math.ceil((gate - absoluteGateLufs) * binsPerLu))));
  }

  reset(): void {
    this.counts.fill(0);
    this.energies.fill(0);
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
}
