/**
 * `npm run simulate:canary`: canaries that are as good as the first model, and canaries with a planted fault: how many are sent
 * back, and when. Writes docs/measured/canary.json, from which `npm run docs` makes a table.
 */
import { writeFileSync } from 'node:fs';
import { plantedCandidates, simulateCanary } from '../support/simulated-canary.js';
import { canaryPath } from './canary-table.js';
import type { MeasuredCanaries } from './canary-table.js';

const share = 0.1;
const cleanCanaries = 10_000;
const utterancesOfClean = 20_000;
const canariesOfEach = 200;

let returned = 0;
for (let seed = 1; seed <= cleanCanaries; seed++) {
  const { returnedAfter } = simulateCanary({ share, utterances: utterancesOfClean, seed });
  if (returnedAfter !== undefined) returned++;
}

function quantile(values: readonly number[], at: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(at * sorted.length))]!;
}

const planted = plantedCandidates.map(({ what, defect }) => {
  const outcomes = Array.from({ length: canariesOfEach }, (_, seed) =>
    simulateCanary({ share, utterances: 400_000, seed: 70_000 + seed, defect }),
  );
  const candidate = outcomes.map(({ returnedAfter }) => returnedAfter?.candidate ?? Infinity);
  const all = outcomes.map(({ returnedAfter }) => returnedAfter?.all ?? Infinity);
  return {
    what,
    returned: candidate.filter(Number.isFinite).length,
    candidateUtterances: { median: quantile(candidate, 0.5), p95: quantile(candidate, 0.95) },
    allUtterances: { median: quantile(all, 0.5), p95: quantile(all, 0.95) },
  };
});

const measured: MeasuredCanaries = {
  share,
  clean: { canaries: cleanCanaries, utterances: utterancesOfClean, returned },
  canariesOfEach,
  planted,
};
writeFileSync(canaryPath, `${JSON.stringify(measured, null, 1)}\n`);
console.log(JSON.stringify(measured));
