/** Loud music peaks at twice full scale. More is what decoders make of damaged bytes. */
const highestPeak = 8;

/**
 * Interleaves and clips the output of a package.
 *
 * @param channels shape (channels, frames or more)
 * @returns shape (frames, channels), in [-1, 1]; undefined if it is not audio
 */
export function interleaveSamples(
  channels: readonly Float32Array[],
  frames: number,
): Float32Array | undefined {
  const samples = new Float32Array(frames * channels.length);
  for (const [channel, values] of channels.entries()) {
    for (let i = 0, at = channel; i < frames; i++, at += channels.length) {
      const sample = values[i]!;
      if (!(Math.abs(sample) <= highestPeak)) return undefined;
      samples[at] = Math.max(-1, Math.min(1, sample));
    }
  }
  return samples;
}
