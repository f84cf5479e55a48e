#!/usr/bin/env node
// Prints the table of src/normalization/signal/wada-snr.ts: ln E|x| - E ln|x| for each decibel from -20 to 100, where x is
// speech, whose amplitudes have a Gamma distribution of shape 0.4 (Kim and Stern, "Robust Signal-to-Noise Ratio Estimation
// Based on Waveform Amplitude Distribution Analysis", Interspeech 2008), with Gaussian noise added. By quadrature, without
// random numbers: over the amplitude s = t ** (1 / shape), in which the density is smooth. Given s, |s + noise| has a mean in
// closed form, and the logarithm of its square that of a noncentral chi-square distribution.

const shape = 0.4;
const nodes = 40_000;
const highest = 45 ** shape;

/** digamma(j + 1/2) for j = 0, 1, … */
function* digammaHalves() {
  let value = -0.5772156649015329 - 2 * Math.LN2;
  for (let j = 0; ; j++) {
    yield value;
    value += 1 / (j + 0.5);
  }
}

/** E ln|lambda + z| for a standard normal z. */
function meanLog(lambda) {
  if (lambda > 25) return Math.log(lambda) - 1 / (2 * lambda ** 2) - 3 / (4 * lambda ** 4);
  const half = lambda ** 2 / 2;
  let weight = Math.exp(-half);
  let sum = 0;
  let j = 0;
  for (const digamma of digammaHalves()) {
    sum += weight * (digamma + Math.LN2);
    j++;
    weight *= half / j;
    if (j > half && weight < 1e-14) return sum / 2;
  }
  return sum / 2;
}

/** By the formula 7.1.26 of Abramowitz and Stegun: wrong by less than 1.5e-7. */
function erf(x) {
  const t = 1 / (1 + 0.3275911 * x);
  const poly =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return 1 - poly * Math.exp(-x * x);
}

const meanMagnitude = (lambda) =>
  Math.sqrt(2 / Math.PI) * Math.exp((-lambda * lambda) / 2) + lambda * erf(lambda / Math.SQRT2);

const step = 0.001;
const logs = Float64Array.from({ length: 25_002 }, (_, at) => meanLog(at * step));
const meanLogNear = (lambda) => {
  if (lambda >= 25) return meanLog(lambda);
  const at = Math.floor(lambda / step);
  return logs[at] + (logs[at + 1] - logs[at]) * (lambda / step - at);
};

function valueAt(snrDb) {
  const sigma = Math.sqrt((shape * (shape + 1)) / 10 ** (snrDb / 10));
  let weights = 0;
  let magnitude = 0;
  let log = 0;
  for (let node = 0; node < nodes; node++) {
    const s = ((highest * (node + 0.5)) / nodes) ** (1 / shape);
    const weight = Math.exp(-s);
    weights += weight;
    magnitude += weight * meanMagnitude(s / sigma);
    log += weight * meanLogNear(s / sigma);
  }
  return Math.log(magnitude / weights) - log / weights;
}

const values = Array.from({ length: 121 }, (_, at) => valueAt(at - 20).toFixed(5));
console.log(`  ${values.join(', ')}`);
