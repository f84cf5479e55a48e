/** The analog prototypes behind the 48 kHz coefficients of ITU-R BS.1770-4, as De Man derived them ("Evaluation of
 * Implementations of the EBU R128 Loudness Measurement", AES 145, 2018). They give coefficients for any rate. */
const shelf = { frequencyHz: 1_681.974450955533, gainDb: 3.999843853973347, q: 0.7071752369554196 };
const highPass = { frequencyHz: 38.13547087602444, q: 0.5003270373238773 };
const shelfBandExponent = 0.4996667741545416;

/** Coefficients b0, b1, b2, a1, a2 of a second-order section, with a0 = 1. */
export type Biquad = readonly [number, number, number, number, number];

/** By the bilinear transform. The shelf models the head (+4 dB in the treble), the high-pass attenuates the bass. */
export function kWeightingCoefficients(sampleRate: number): { shelf: Biquad; highPass: Biquad } {
  const k = Math.tan((Math.PI * shelf.frequencyHz) / sampleRate);
  const vh = 10 ** (shelf.gainDb / 20);
  const vb = vh ** shelfBandExponent;
  const a0 = 1 + k / shelf.q + k * k;
  const h = Math.tan((Math.PI * highPass.frequencyHz) / sampleRate);
  const h0 = 1 + h / highPass.q + h * h;
  return {
    shelf: [
      (vh + (vb * k) / shelf.q + k * k) / a0,
      (2 * (k * k - vh)) / a0,
      (vh - (vb * k) / shelf.q + k * k) / a0,
      (2 * (k * k - 1)) / a0,
      (1 - k / shelf.q + k * k) / a0,
    ],
    // BS.1770 leaves the numerator of this stage unscaled.
    highPass: [1, -2, 1, (2 * (h * h - 1)) / h0, (1 - h / highPass.q + h * h) / h0],
  };
}

/** Sums the energy of K-weighted samples, one by one, so that the sums do not depend on how audio is cut. It keeps filter state, so each input needs its own. */
export class KWeightedEnergy {
  private readonly shelf: Biquad;
  private readonly highPass: Biquad;
  /** State of a transposed direct form II: two values for each stage. */
  private s1 = 0;
  private s2 = 0;
  private h1 = 0;
  private h2 = 0;

  constructor(sampleRate: number) {
    ({ shelf: this.shelf, highPass: this.highPass } = kWeightingCoefficients(sampleRate));
  }

  /** Adds the squares of the filtered samples `from` to `to` to each of two sums. */
  addTo(sums: Float64Array, samples: Float32Array, from: number, to: number): void {
    const [b0, b1, b2, a1, a2] = this.shelf;
    const [c0, c1, c2, d1, d2] = this.highPass;
    let { s1, s2, h1, h2 } = this;
    let first = sums[0]!;
    let second = sums[1]!;
    for (let i = from; i < to; i++) {
      const x = samples[i]!;
      const y = b0 * x + s1;
      s1 = b1 * x - a1 * y + s2;
      s2 = b2 * x - a2 * y;
      const z = c0 * y + h1;
      h1 = c1 * y - d1 * z + h2;
      h2 = c2 * y - d2 * z;
      const square = z * z;
      first += square;
      second += square;
    }
    this.s1 = s1;
    this.s2 = s2;
    this.h1 = h1;
    this.h2 = h2;
    sums[0] = first;
    sums[1] = second;
  }
}
