/** Zero crossings of the sinc on each side, counted at the lower of the two rates. */
const zeroCrossings = 24;
/** Where the cut lies, as a share of the lower Nyquist frequency: half the transition below it, half above. */
const cutoffShare = 0.96;
/** Kaiser window for 80 dB of stopband attenuation: beta = 0.1102 (A - 8.7). */
const kaiserBeta = 0.1102 * (80 - 8.7);
/**
 * Rates that share no large factor would need thousands of phases; the nearest of these is -70 dB at worst. Fewer do for
 * a filter that is wider, so that none takes longer to design than any other.
 */
const maxPhases = 2_048;

/** A low-pass filter, sampled at every offset that an output sample can have between two input samples. */
export interface PolyphaseFilter {
  /** Output samples for each `down` input samples; both without a common factor. */
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
  for (let k = 1; term > 1e-12 * sum; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** A windowed sinc (Kaiser), each phase scaled to a gain of exactly one at 0 Hz. Rates in Hz. */
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
  for (let phase = 0; phase < phases; phase += 1) {
    let sum = 0;
    for (let tap = 0; tap < taps; tap += 1) {
      // Input sample `tap` of the window lies this many samples from the output sample.
      const distance = tap - (half - 1) - phase / phases;
      const angle = Math.PI * cutoff * distance;
      const window = besselI0(kaiserBeta * Math.sqrt(Math.max(0, 1 - (distance / half) ** 2)));
      row[tap] = (angle === 0 ? 1 : Math.sin(angle) / angle) * window;
      sum += row[tap]!;
    }
    for (let tap = 0; tap < taps; tap += 1) coefficients[phase * taps + tap] = row[tap]! / sum;
  }
  return { up, down: inputRate / divisor, taps, phases, coefficients };
}

const kept = new Map<string, PolyphaseFilter>();
const maxKept = 8;

/** The same filter for everybody who has these rates; only the last few are kept, whatever clients declare. */
export function polyphaseFilter(inputRate: number, outputRate: number): PolyphaseFilter {
  const key = `${inputRate}/${outputRate}`;
  const filter = kept.get(key) ?? designPolyphaseFilter(inputRate, outputRate);
  kept.delete(key);
  kept.set(key, filter);
  if (kept.size > maxKept) kept.delete(kept.keys().next().value!);
  return filter;
}
