import { LoudnessMeter } from './loudness-meter.js';
import type { SignalStats } from './normalization.types.js';

/** Slightly less than the largest value of 16-bit audio, so that clipping is counted after resampling too. */
export const fullScale = 0.999;

function toDbfs(amplitude: number): number {
  return amplitude > 0 ? 20 * Math.log10(amplitude) : -Infinity;
}

/** Collects the statistics of one mono input in constant memory. */
export class SignalMeter {
  readonly loudness: LoudnessMeter;
  private samples = 0;
  private sum = 0;
  private sumOfSquares = 0;
  private peak = 0;
  private clipped = 0;

  /**
   * @param sampleRate Hz
   * @param secondGateLufs see LoudnessMeter
   */
  constructor(
    private readonly sampleRate: number,
    secondGateLufs?: number,
  ) {
    this.loudness = new LoudnessMeter(sampleRate, undefined, secondGateLufs);
  }

  push(samples: Float32Array): void {
    let { sum, sumOfSquares, peak, clipped } = this;
    for (let i = 0; i < samples.length; i++) {
      const sample = samples[i]!;
      const magnitude = sample < 0 ? -sample : sample;
      sum += sample;
      sumOfSquares += sample * sample;
      if (magnitude > peak) peak = magnitude;
      if (magnitude >= fullScale) clipped++;
    }
    this.samples += samples.length;
    this.sum = sum;
    this.sumOfSquares = sumOfSquares;
    this.peak = peak;
    this.clipped = clipped;
    this.loudness.push(samples);
  }

  /** @param gainDb current gain of the loudness stage */
  stats(gainDb: number): SignalStats {
    const count = Math.max(1, this.samples);
    return {
      durationSeconds: this.samples / this.sampleRate,
      rmsDbfs: toDbfs(Math.sqrt(this.sumOfSquares / count)),
      peakDbfs: toDbfs(this.peak),
      loudnessLufs: this.loudness.integratedLufs(),
      clippedRatio: this.clipped / count,
      dcOffset: this.sum / count,
      gainDb,
    };
  }
}
