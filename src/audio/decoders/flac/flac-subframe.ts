import type { FlacBits } from './flac-bits.js';

/** Weights of the samples before, for the polynomials that have no coefficients in the file. */
const fixedWeights = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]] as const;

/**
 * Decodes the samples of one channel of a frame.
 *
 * @param samples shape (blockSize), filled here; doubles, so that sums of 24-bit and 32-bit samples are exact
 * @returns false if the bits contradict themselves
 */
export function readSubframe(bits: FlacBits, bitsPerSample: number, samples: Float64Array): boolean {
  if (bits.read(1) !== 0) return false;
  const type = bits.read(6);
  const wasted = bits.read(1) === 1 ? bits.readUnary() + 1 : 0;
  const sampleBits = bitsPerSample - wasted;
  if (sampleBits < 1 || !readPredicted(bits, type, sampleBits, samples)) return false;
  if (wasted > 0) for (let i = 0; i < samples.length; i++) samples[i]! *= 2 ** wasted;
  return true;
}

function readPredicted(bits: FlacBits, type: number, sampleBits: number, samples: Float64Array): boolean {
  if (type === 0) {
    samples.fill(bits.readSigned(sampleBits));
    return true;
  }
  if (type === 1) {
    for (let i = 0; i < samples.length; i++) samples[i] = bits.readSigned(sampleBits);
    return true;
  }
  const isFixed = type >= 8 && type <= 12;
  if (!isFixed && type < 32) return false;
  const order = isFixed ? type - 8 : type - 31;
  if (order > samples.length) return false;
  for (let i = 0; i < order; i++) samples[i] = bits.readSigned(sampleBits);
  const predictor = isFixed ? { weights: fixedWeights[order]!, shift: 0 } : readPredictor(bits, order);
  if (predictor === undefined || !readResidual(bits, order, samples)) return false;
  addPrediction(predictor.weights, predictor.shift, samples);
  return true;
}

function readPredictor(bits: FlacBits, order: number): { weights: number[]; shift: number } | undefined {
  const precision = bits.read(4) + 1;
  const shift = bits.readSigned(5);
  if (precision === 16 || shift < 0) return undefined;
  return { weights: Array.from({ length: order }, () => bits.readSigned(precision)), shift };
}

/** Reads the difference between samples and prediction: numbers in Rice codes, whose parameter changes from part to part. */
function readResidual(bits: FlacBits, order: number, samples: Float64Array): boolean {
  const method = bits.read(2);
  if (method > 1) return false;
  const parameterBits = method === 0 ? 4 : 5;
  const escape = 2 ** parameterBits - 1;
  const partOrder = bits.read(4);
  const partLength = samples.length >> partOrder;
  if (partLength << partOrder !== samples.length || partLength < order) return false;
  let at = order;
  for (let end = partLength; end <= samples.length && !bits.isPastEnd; end += partLength) {
    const parameter = bits.read(parameterBits);
    if (parameter === escape) {
      const width = bits.read(5);
      for (; at < end; at++) samples[at] = width === 0 ? 0 : bits.readSigned(width);
    } else {
      for (; at < end; at++) {
        const folded = (bits.readUnary() << parameter) | bits.read(parameter);
        samples[at] = (folded >>> 1) ^ -(folded & 1);
      }
    }
  }
  return true;
}

function addPrediction(weights: readonly number[], shift: number, samples: Float64Array): void {
  const order = weights.length;
  const scale = 2 ** -shift;
  for (let i = order; i < samples.length; i++) {
    let sum = 0;
    for (let j = 0; j < order; j++) sum += weights[j]! * samples[i - 1 - j]!;
    samples[i]! += Math.floor(sum * scale);
  }
}
