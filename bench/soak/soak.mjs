// `npm run bench:soak`: thousands of short utterances in all forms for one service; what becomes of its memory, and what
// they leave. Writes docs/measured/soak.json and the table in docs/operations/reliability.md.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SetupError, orExit, root, setUp } from '../../scripts/setup.mjs';

const { values } = parseArgs({
  options: {
    utterances: { type: 'string', default: '10000' },
    minutes: { type: 'string', default: '60' },
    'at-once': { type: 'string', default: '6' },
    workers: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    /** By default only a run for which 10,000 are wanted is kept. */
    output: { type: 'string' },
  },
});
process.env.MODELS ??= 'moonshine-tiny-en';
await orExit(() => setUp({ models: true }));
// Imported only now: these modules need the packages and the build.
const { currentCommit, describeMachine } = await import('../shared/machine.mjs');
const { fillSoak } = await import('../pages/soak-table.mjs');
const { soak } = await import('./soak-run.mjs');
const { faultsOf, summaryOf } = await import('./soak-summary.mjs');

const machine = describeMachine();
const run = await soak({
  utterances: Number(values.utterances),
  minutes: Number(values.minutes),
  atOnce: Number(values['at-once']),
  workers: values.workers,
  seed: Number(values.seed),
});
const summary = summaryOf(run);
console.log(JSON.stringify(summary, undefined, 2));
const isWhole = Number(values.utterances) >= 10_000;
const output = values.output ?? (isWhole ? join(root, 'docs', 'measured', 'soak.json') : undefined);
if (output !== undefined) {
  const date = new Date().toISOString();
  const about = { date, commit: currentCommit(), machine, seed: Number(values.seed) };
  writeFileSync(output, JSON.stringify({ ...about, ...summary }, undefined, 2) + '\n');
}
if (values.output === undefined && isWhole) fillSoak();
await orExit(async () => {
  const faults = faultsOf(summary);
  if (faults.length > 0) throw new SetupError(`soak: ${faults.join('; ')}`);
});
