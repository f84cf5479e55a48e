const frameSamples = 1_600;

/**
 * Cuts a piece in two at the quietest tenth of a second of its middle half. For audio on which the decoder found no end:
 * it may find one on a shorter piece.
 * @param samples 16 kHz mono, shape (samples)
 */
export function halvePiece(samples: Float32Array): readonly [Float32Array, Float32Array] {
  let cut = Math.floor(samples.length / 2);
  let quietest = Infinity;
  const end = Math.floor(samples.length * 0.75) - frameSamples;
  for (let start = Math.floor(samples.length / 4); start <= end; start += frameSamples / 4) {
    let energy = 0;
    for (let at = start; at < start + frameSamples; at++) energy += samples[at]! * samples[at]!;
    if (energy < quietest) {
      quietest = energy;
      cut = start + frameSamples / 2;
    }
  }
  return [samples.slice(0, cut), samples.slice(cut)];
}
