import { growthOf } from '../shared/growth.mjs';

const growthAtMostMegabytes = 2;
/** With fewer, the interval says nothing. */
const fewestReadings = 40;

/** Figures of a run, in megabytes of PSS; growth without the pages of files. @param {import('./soak-run.mjs').SoakRun} run */
export function summaryOf({ sent, seconds, counts, readings, fresh, warm, atEnd, handles, left }) {
  const points = readings.map(
    (reading) => /** @type {const} */ ([reading.sent / 1_000, reading.anonymousBytes / 1e6]),
  );
  const growth = points.length < fewestReadings ? undefined : growthOf(points);
  return {
    utterances: sent,
    minutes: rounded(seconds / 60),
    warmUpUtterances: warm.sent,
    growthMegabytesPerThousand: growth && {
      slope: rounded(growth.slope),
      interval: [rounded(growth.low), rounded(growth.high)],
      atMost: growthAtMostMegabytes,
    },
    idleMegabytes: { afterStart: megabytes(fresh), afterWarmUp: megabytes(warm), atEnd: megabytes(atEnd) },
    idleMegabytesOfEach: { afterStart: eachOf(fresh), afterWarmUp: eachOf(warm), atEnd: eachOf(atEnd) },
    highestMegabytes: Math.max(0, ...readings.map(megabytes)),
    counts,
    handles,
    left,
  };
}

/** @returns {string[]} what must not be, in words */
export function faultsOf({ growthMegabytesPerThousand: growth, counts, left }) {
  const unexpected = Object.entries(counts)
    .filter(([, count]) => Object.keys(count.unexpected).length > 0)
    .map(([name, count]) => `${name}: ${JSON.stringify(count.unexpected)}`);
  const grows = growth !== undefined && growth.interval[0] > growth.atMost;
  return [
    ...(grows ? [`memory grows by ${growth.slope} MB per 1,000 utterances`] : []),
    ...unexpected,
    ...left.map((line) => `left: ${line}`),
  ];
}

function eachOf({ proportionalBytesOfEach }) {
  return proportionalBytesOfEach.map((bytes) => Math.round(bytes / 1e6));
}

function megabytes({ proportionalBytes }) {
  return Math.round(proportionalBytes / 1e6);
}

function rounded(value) {
  return Number(value.toFixed(2));
}
