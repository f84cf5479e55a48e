/**
 * ln E|x| - E ln|x| of speech with noise, for each decibel from -20 to 100; made by scripts/wada-table.mjs, which states how.
 */
// prettier-ignore
const table = [
  0.40943, 0.40946, 0.40950, 0.40956, 0.40964, 0.40978, 0.40997, 0.41026, 0.41069, 0.41129, 0.41215, 0.41334,
  0.41497, 0.41716, 0.42007, 0.42384, 0.42865, 0.43469, 0.44213, 0.45113, 0.46184, 0.47437, 0.48879, 0.50515, 0.52342,
  0.54355, 0.56543, 0.58893, 0.61388, 0.64009, 0.66735, 0.69545, 0.72419, 0.75337, 0.78278, 0.81227, 0.84167, 0.87084,
  0.89965, 0.92801, 0.95582, 0.98302, 1.00954, 1.03534, 1.06039, 1.08466, 1.10814, 1.13081, 1.15269, 1.17377, 1.19406,
  1.21358, 1.23234, 1.25035, 1.26763, 1.28421, 1.30010, 1.31533, 1.32992, 1.34389, 1.35727, 1.37006, 1.38231, 1.39403,
  1.40523, 1.41595, 1.42619, 1.43598, 1.44534, 1.45429, 1.46284, 1.47102, 1.47882, 1.48629, 1.49341, 1.50022, 1.50673,
  1.51295, 1.51888, 1.52456, 1.52997, 1.53515, 1.54009, 1.54481, 1.54932, 1.55363, 1.55774, 1.56167, 1.56543, 1.56901,
  1.57243, 1.57570, 1.57882, 1.58181, 1.58465, 1.58737, 1.58997, 1.59245, 1.59482, 1.59708, 1.59924, 1.60131, 1.60328,
  1.60516, 1.60696, 1.60867, 1.61031, 1.61188, 1.61337, 1.61480, 1.61616, 1.61747, 1.61871, 1.61990, 1.62103, 1.62211,
  1.62315, 1.62414, 1.62508, 1.62598, 1.62684,
];
const lowestDb = -20;

/**
 * The signal-to-noise ratio by the distribution of amplitudes (WADA-SNR; Kim and Stern, Interspeech 2008): speech has many
 * small amplitudes and few large ones, noise is Gaussian. It needs no voice activity, and takes speech to be there.
 * @param magnitudes sum of the magnitudes of the samples
 * @param logs sum of their natural logarithms
 * @param count of the samples
 * @returns dB, -20 to 100; undefined without samples
 */
export function wadaSnrDb(magnitudes: number, logs: number, count: number): number | undefined {
  if (count === 0 || !(magnitudes > 0)) return undefined;
  const value = Math.log(magnitudes / count) - logs / count;
  if (Number.isNaN(value)) return undefined;
  const next = table.findIndex((entry) => entry > value);
  if (next === 0) return lowestDb;
  if (next < 0) return lowestDb + table.length - 1;
  const before = table[next - 1]!;
  return lowestDb + next - 1 + (value - before) / (table[next]! - before);
}
