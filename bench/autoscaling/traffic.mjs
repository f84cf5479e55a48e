import { seededRandom } from '../shared/random.mjs';

export const daySeconds = 86_400;

/** Share of the peak at each full hour, from midnight on: a voice search that people use on their way and at home. */
const hourly = [
  0.14, 0.09, 0.06, 0.05, 0.05, 0.08, 0.2, 0.42, 0.6, 0.55, 0.5, 0.52, 0.62, 0.6, 0.54, 0.55, 0.6, 0.72, 0.85,
  0.95, 1, 0.88, 0.6, 0.32,
];

/** Assumptions about the clients; none of them is measured. */
export const assumptions = {
  peakStreamsPerSecond: 4.5,
  streamSecondsMean: 20,
  streamSecondsLeast: 3,
  peakUploadsPerSecond: 3,
  uploadSeconds: 4,
  bursts: 8,
  burstFactor: [1.5, 2.2],
  burstSeconds: [240, 900],
  burstRampSeconds: 30,
};

/**
 * A day, second by second.
 * @returns {{ streams: number[][], uploads: number[], bursts: object[] }} the seconds that each stream that begins will
 *   last, and how many uploads begin
 */
export function trafficOf(seed, { peakStreamsPerSecond, peakUploadsPerSecond, ...rest } = assumptions) {
  const random = seededRandom(seed);
  const bursts = drawBursts(random, rest);
  const streams = [];
  const uploads = [];
  for (let second = 0; second < daySeconds; second++) {
    const load = curve(second) * burstAt(second, bursts, rest.burstRampSeconds);
    const begun = poisson(load * peakStreamsPerSecond, random);
    streams.push(
      Array.from({ length: begun }, () =>
        Math.max(rest.streamSecondsLeast, exponential(rest.streamSecondsMean, random)),
      ),
    );
    uploads.push(poisson(load * peakUploadsPerSecond, random));
  }
  return { streams, uploads, bursts };
}

function curve(second) {
  const hour = Math.floor(second / 3_600);
  const share = (second % 3_600) / 3_600;
  return hourly[hour] * (1 - share) + hourly[(hour + 1) % 24] * share;
}

/** At any time of the day but the depth of the night. */
function drawBursts(random, { bursts, burstFactor, burstSeconds }) {
  const between = ([least, most]) => least + random() * (most - least);
  return Array.from({ length: bursts }, () => ({
    from: Math.round(between([7 * 3_600, 23 * 3_600])),
    seconds: Math.round(between(burstSeconds)),
    factor: Number(between(burstFactor).toFixed(2)),
  })).sort((left, right) => left.from - right.from);
}

function burstAt(second, bursts, rampSeconds) {
  let factor = 1;
  for (const burst of bursts) {
    const since = second - burst.from;
    if (since < 0 || since >= burst.seconds) continue;
    const rising = Math.min(1, since / rampSeconds, (burst.seconds - since) / rampSeconds);
    factor = Math.max(factor, 1 + (burst.factor - 1) * rising);
  }
  return factor;
}

/** A Poisson-distributed count of the given mean (Knuth's method, for means below some hundreds). */
function poisson(expected, random) {
  const limit = Math.exp(-expected);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count++;
  return count;
}

function exponential(mean, random) {
  return -mean * Math.log(1 - random());
}
