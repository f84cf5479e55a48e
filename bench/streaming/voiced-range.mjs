const windowSamples = 160;
/** A window is voiced above both: so far below the loud ones, and so far above the quiet ones. */
const [belowLoudDb, aboveQuietDb] = [35, 8];

/**
 * Where the speech of a clip begins and ends, by energy alone, so that it owes nothing to the detector under test.
 * Windows of 10 ms; the loud ones are the 95th percentile, the quiet ones the 5th. Where the quiet ones are loud
 * (music, or a clip that is cut tight), the first rule decides alone.
 * @param {Int16Array} samples shape (samples)
 * @returns {{ first: number, last: number }} samples; all of the clip where nothing stands out
 */
export function voicedRange(samples) {
  const levels = [];
  for (let at = 0; at + windowSamples <= samples.length; at += windowSamples) {
    let energy = 0;
    for (let index = at; index < at + windowSamples; index++) energy += samples[index] ** 2;
    levels.push(10 * Math.log10(energy / windowSamples + 1e-3));
  }
  const ascending = [...levels].sort((left, right) => left - right);
  const loud = ascending[Math.floor(0.95 * (ascending.length - 1))];
  const quiet = ascending[Math.floor(0.05 * (ascending.length - 1))];
  const aboveQuiet = quiet + aboveQuietDb;
  const limit = Math.max(loud - belowLoudDb, aboveQuiet < loud - aboveQuietDb ? aboveQuiet : -Infinity);
  const first = levels.findIndex((level) => level >= limit);
  const last = levels.findLastIndex((level) => level >= limit);
  if (first < 0) return { first: 0, last: samples.length - 1 };
  return { first: first * windowSamples, last: (last + 1) * windowSamples - 1 };
}
