const releaseSeconds = 0.05;

/**
 * Keeps peaks at or below full scale: the gain falls with the sample that needs it and recovers over 50 ms. There is no
 * look-ahead, because it would delay live audio, and the distortion of one period by an instant attack does not affect
 * recognition.
 */
export class Limiter {
  private readonly recovery: number;
  private gain = 1;

  /** @param sampleRate Hz */
  constructor(sampleRate: number) {
    this.recovery = 1 - Math.exp(-1 / (releaseSeconds * sampleRate));
  }

  /** Modifies the samples in place. */
  process(samples: Float32Array): void {
    let { gain } = this;
    for (let i = 0; i < samples.length; i++) {
      const sample = samples[i]!;
      gain += (1 - gain) * this.recovery;
      const peak = sample < 0 ? -sample : sample;
      if (peak * gain > 1) gain = 1 / peak;
      if (gain < 1) samples[i] = Math.max(-1, Math.min(1, sample * gain));
    }
    this.gain = gain;
  }
}
