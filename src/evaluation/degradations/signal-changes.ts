import { Resampler } from '../../normalization/resampler.js';

const sampleRateHz = 16_000;
const telephoneRateHz = 8_000;

/** Gain in dB. */
export function scale(samples: Float32Array, db: number): Float32Array {
  const factor = 10 ** (db / 20);
  return samples.map((sample) => sample * factor);
}

/** Cuts the peaks as an input that is overdriven by so many dB, and restores the level that the speech had. */
export function overdrive(samples: Float32Array, db: number): Float32Array {
  const factor = 10 ** (db / 20);
  let peak = 1e-9;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  // Full scale is reached by the peak; what the gain lifts above it is cut.
  return samples.map((sample) => Math.max(-1, Math.min(1, (sample / peak) * factor)));
}

/** Adds noise at a ratio of the mean powers, from a random place on, again and again where it is shorter. */
export function addNoise(
  samples: Float32Array,
  noise: Float32Array,
  snrDb: number,
  random: () => number,
): Float32Array {
  const from = Math.floor(random() * noise.length);
  const piece = Float32Array.from(samples, (_, i) => noise[(from + i) % noise.length]!);
  const factor = Math.sqrt(powerOf(samples) / Math.max(1e-12, powerOf(piece)) / 10 ** (snrDb / 10));
  return samples.map((sample, i) => sample + piece[i]! * factor);
}

/** Spoken faster, and higher, by a factor. */
export function changeSpeed(samples: Float32Array, factor: number): Float32Array {
  return resampled(samples, Math.round((sampleRateHz * factor) / 100) * 100, sampleRateHz);
}

/** The band of a telephone: a high-pass of second order at 300 Hz, 8 kHz, 8-bit logarithmic samples (G.711, mu-law), 16 kHz again. */
export function telephone(samples: Float32Array): Float32Array {
  const narrow = highPass(resampled(samples, sampleRateHz, telephoneRateHz), 300, telephoneRateHz);
  return resampled(narrow.map(throughMuLaw), telephoneRateHz, sampleRateHz);
}

/**
 * The echo of a room: noise that falls by 60 dB in a time, as loud in sum as the direct sound. (The exponential model
 * of M. Schroeder; J. D. Polack, "La transmission de l'énergie sonore dans les salles", 1988.)
 */
export function addReverberation(
  samples: Float32Array,
  rt60Seconds: number,
  random: () => number,
): Float32Array {
  const length = Math.round(rt60Seconds * sampleRateHz);
  const tail = Float32Array.from({ length }, (_, i) => (random() * 2 - 1) * 10 ** ((-3 * i) / length));
  const factor = 1 / Math.sqrt(tail.reduce((sum, value) => sum + value * value, 0));
  const result = Float32Array.from({ length: samples.length + length }, (_, i) => samples[i] ?? 0);
  // Reflections begin after 5 ms.
  const delay = 80;
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i]! * factor;
    if (sample === 0) continue;
    const most = Math.min(length, result.length - i - delay);
    for (let j = 0; j < most; j++) result[i + delay + j]! += sample * tail[j]!;
  }
  return result;
}

export function powerOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return sum / Math.max(1, samples.length);
}

function resampled(samples: Float32Array, fromHz: number, toHz: number): Float32Array {
  const resampler = new Resampler(fromHz, toHz);
  const parts = [resampler.push(samples), resampler.flush()];
  const result = new Float32Array(parts[0]!.length + parts[1]!.length);
  result.set(parts[0]!);
  result.set(parts[1]!, parts[0]!.length);
  return result;
}

/** A Butterworth high-pass (R. Bristow-Johnson's "Audio EQ Cookbook", Q = 1/sqrt(2)). */
function highPass(samples: Float32Array, cutHz: number, rateHz: number): Float32Array {
  const omega = (2 * Math.PI * cutHz) / rateHz;
  const alpha = Math.sin(omega) / Math.SQRT2;
  const cos = Math.cos(omega);
  const a0 = 1 + alpha;
  const [b0, b1] = [(1 + cos) / 2 / a0, -(1 + cos) / a0];
  const [a1, a2] = [(-2 * cos) / a0, (1 - alpha) / a0];
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  return samples.map((x) => {
    const y = b0 * x + b1 * x1 + b0 * x2 - a1 * y1 - a2 * y2;
    [x2, x1, y2, y1] = [x1, x, y1, y];
    return y;
  });
}

/** A sample as it comes out of 8 bits of mu-law (ITU-T G.711, the continuous law, mu = 255). */
function throughMuLaw(sample: number): number {
  const mu = 255;
  const size = Math.min(1, Math.abs(sample));
  const level = Math.round((Math.log1p(mu * size) / Math.log1p(mu)) * 127) / 127;
  return (Math.sign(sample) * (Math.pow(1 + mu, level) - 1)) / mu;
}
