import { float32, Text } from '../../../onnx-graphs/graph-builder.js';
import type { ConstantTensor, GraphBuilder } from '../../../onnx-graphs/graph-builder.js';

const frameSamples = 400;
const hopSamples = 160;
const bins = frameSamples / 2 + 1;
const highestHz = 8_000;

/**
 * [1, N] to [1, bands, N / 160]: the logarithm of the energy in each band of each frame, as Whisper scales it. N is a multiple
 * of 160. The transform is one convolution with cosines and sines: a frame of 400 samples is too short for a faster way
 * to pay off.
 */
export function logMel(g: GraphBuilder, audio: string, bands: number): string {
  // A frame has its middle at its sample: 200 before it, mirrored at the edges, and 199 after the last one's.
  const edges = g.integers([0, frameSamples / 2, 0, frameSamples / 2 - hopSamples]);
  const padded = g.op('Pad', [audio, edges], { attributes: { mode: new Text('reflect') } });
  const waves = g.op('Conv', [g.reshape(padded, [1, 1, -1]), g.constant('waves', fourierWaves())], {
    attributes: { strides: [hopSamples] },
  }); // [1, 2 * bins, F]
  const [real, imaginary] = g.split(g.op('Mul', [waves, waves]), [bins, bins], 1) as [string, string];
  const power = g.op('Add', [real, imaginary]); // [1, bins, F]
  const energies = g.op('MatMul', [g.constant('mel_filters', slaneyFilters(bands)), power]); // [1, bands, F]
  const audible = g.op('Max', [energies, g.constant('least_energy', float32([1e-10]))]);
  const logs = g.op('Mul', [g.op('Log', [audible]), g.constant('log10_of_e', float32([Math.LOG10E]))]);
  const greatest = g.op('ReduceMax', [logs], { attributes: { keepdims: 1 } }); // [1, 1, 1]
  const floor = g.op('Sub', [greatest, g.constant('dynamic_range', float32([8]))]);
  const shifted = g.op('Add', [g.op('Max', [logs, floor]), g.constant('mel_shift', float32([4]))]);
  return g.op('Mul', [shifted, g.constant('mel_scale', float32([0.25]))]);
}

/** Cosines and sines of each bin under a periodic Hann window. Shape (2 * bins, 1, 400). */
function fourierWaves(): ConstantTensor {
  const data = new Float32Array(2 * bins * frameSamples);
  for (let bin = 0; bin < bins; bin++) {
    for (let sample = 0; sample < frameSamples; sample++) {
      const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * sample) / frameSamples);
      // Whole turns are left out, so that the angle stays exact.
      const angle = (2 * Math.PI * ((bin * sample) % frameSamples)) / frameSamples;
      data[bin * frameSamples + sample] = window * Math.cos(angle);
      data[(bins + bin) * frameSamples + sample] = window * Math.sin(angle);
    }
  }
  return { type: 'float32', dims: [2 * bins, 1, frameSamples], data };
}

/** Triangles on Slaney's scale of pitch, each of the same area, from 0 to 8 kHz. Shape (bands, bins). */
export function slaneyFilters(bands: number): ConstantTensor & { readonly data: Float32Array } {
  const edges = Array.from({ length: bands + 2 }, (_, at) => hertzOf((at * melOf(highestHz)) / (bands + 1)));
  const data = new Float32Array(bands * bins);
  for (let band = 0; band < bands; band++) {
    const [low, middle, high] = edges.slice(band, band + 3) as [number, number, number];
    for (let bin = 0; bin < bins; bin++) {
      const hertz = (bin * highestHz) / (bins - 1);
      const height = Math.max(0, Math.min((hertz - low) / (middle - low), (high - hertz) / (high - middle)));
      data[band * bins + bin] = (height * 2) / (high - low);
    }
  }
  return { type: 'float32', dims: [bands, bins], data };
}

/** Linear below 1 kHz, logarithmic above. */
const linearMels = 15;
const melsPerLog = 27 / Math.log(6.4);

function melOf(hertz: number): number {
  return hertz < 1_000 ? (hertz * 3) / 200 : linearMels + Math.log(hertz / 1_000) * melsPerLog;
}

function hertzOf(mel: number): number {
  return mel < linearMels ? (mel * 200) / 3 : 1_000 * Math.exp((mel - linearMels) / melsPerLog);
}
