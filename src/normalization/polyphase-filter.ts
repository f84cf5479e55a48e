/** Zero crossings of the sinc on each side, counted at the lower of the two rates. */
const zeroCrossings = 24;
/** Cut-off frequency as a share of the lower Nyquist frequency; it is in the middle of the transition band. */
const cutoffShare = 0.96;
/** Kaiser window for 80 dB of stopband attenuation: beta = 0.1102 (A - 8.7). */
const kaiserBeta = 0.1102 * (80 - 8.7);
/**
 * Rates without a large common factor would need thousands of phases; using the nearest of 2,048 causes an error of
 * -70 dB at worst. A wider filter gets fewer phases, so that no filter takes longer to design than any other.
 */
const maxPhases = 2_048;

/** A low-pass filter, sampled at each offset that an output sample can have between two input samples. */
export interface PolyphaseFilter {
  /** `down` input samples become `up` output samples; the two have no common factor. */
  readonly up: number;
  readonly down: number;
  /** Taps of each phase, a multiple of four. */
  readonly taps: number;
  readonly phases: number;
  /** Shape (phases, taps). */
  readonly coefficients: Float32Array;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Modified Bessel function of the first kind and order zero, by its power series. */
function besselI0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** Designs a windowed sinc (Kaiser). Each phase is scaled to a gain of exactly one at 0 Hz. Rates are in Hz. */
export function designPolyphaseFilter(inputRate: number, outputRate: number): PolyphaseFilter {
  const divisor = greatestCommonDivisor(inputRate, outputRate);
  const up = outputRate / divisor;
  const lowerShare = Math.min(1, outputRate / inputRate);
  const phases = Math.min(up, Math.ceil(maxPhases * lowerShare));
  const half = 2 * Math.ceil(zeroCrossings / lowerShare / 2);
  const taps = 2 * half;
  const cutoff = lowerShare * cutoffShare;
  const coefficients = new Float32Array(phases * taps);
  const row = new Float64Array(taps);
  for (let phase = 0; phase < phases; phase++) {
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      // Samples from the output sample to input sample `tap` of the window.
      const distance = tap - (half - 1) - phase / phases;
      const angle = Math.PI * cutoff * distance;
      const window = besselI0(kaiserBeta * Math.sqrt(Math.max(0, 1 - (distance / half) ** 2)));
      row[tap] = (angle === 0 ? 1 : Math.sin(angle) / angle) * window;
      sum += row[tap]!;
    }
    for (let tap = 0; tap < taps; tap++) coefficients[phase * taps + tap] = row[tap]! / sum;
  }
  // Frozen, since it is shared.
  return Object.freeze({ up, down: inputRate / divisor, taps, phases, coefficients });
}

const cached = new Map<string, PolyphaseFilter>();
const maxCached = 8;

/** The filter for these rates, from a cache. Clients declare any rate, so the cache is limited to the last few. */
export function polyphaseFilter(inputRate: number, outputRate: number): PolyphaseFilter {
  const key = `${inputRate}/${outputRate}`;
  const filter = cached.get(key) ?? designPolyphaseFilter(inputRate, outputRate);
  cached.delete(key);
  cached.set(key, filter);
  if (cached.size > maxCached) cached.delete(cached.keys().next().value!);
  return filter;
}
