// `npm run fuzz`: gives every target, or one of them, as many inputs as are asked for, and prints what became of them. What
// it finds it makes smaller, and writes it to .cache/fuzz; the exit code is 1 then.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { writeFind } from './find-files.js';
import { writeMeasuredRuns } from './measured-runs.js';
import { runTarget } from './run-target.js';
import type { TargetRun } from './run-target.js';
import { targets } from './targets/targets.js';

const { values } = parseArgs({
  options: {
    target: { type: 'string' },
    inputs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(1 + (Date.now() % 1_000_000_000)) },
    minutes: { type: 'string', default: '600' },
    finds: { type: 'string', default: '.cache/fuzz' },
    output: { type: 'string' },
    measure: { type: 'boolean', default: false },
    'add-to-measured': { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const until = performance.now() + Number(values.minutes) * 60_000;
const chosen = [...targets].filter(([name]) => values.target === undefined || values.target === name);
if (chosen.length === 0) throw new Error(`--target must be one of ${[...targets.keys()].join(', ')}.`);
const shares = chosen.reduce((sum, [, { share }]) => sum + share, 0);

console.log(`seed ${seed}`);
const runs: TargetRun[] = [];
for (const [, choice] of chosen) {
  const target = await choice.open();
  const inputs = Math.ceil((Number(values.inputs) * choice.share) / shares);
  const run = await runTarget(target, { seed, inputs, until });
  await target.end();
  runs.push(run);
  print(run);
}
if (values.output !== undefined) {
  mkdirSync(dirname(values.output), { recursive: true });
  writeFileSync(values.output, `${JSON.stringify({ seed, runs }, undefined, 2)}\n`);
}
if (values.measure || values['add-to-measured']) {
  writeMeasuredRuns(runs, seed, values['add-to-measured']);
}
process.exit(runs.some(({ finds }) => finds.length > 0) ? 1 : 0);

function print(run: TargetRun): void {
  const { name, inputs, refusals, slowestRefusalMs, finds, outcomes, seconds } = run;
  console.log(`\n${name}: ${inputs} inputs in ${Math.round(seconds)} s, ${refusals} refused`);
  console.log(
    `  slowest refusal ${Math.round(slowestRefusalMs)} ms of processor time, median ${run.medianRefusalMs.toFixed(1)} ms; ` +
      `memory ${Math.round(run.memory.growthBytes / 1e6)} MB more in the second half`,
  );
  for (const [label, count] of Object.entries(outcomes))
    console.log(`  ${String(count).padStart(7)} ${label}`);
  for (const [at, { fault, input, ofSeed, count, cause }] of finds.entries()) {
    const path = writeFind(values.finds, `${name}-${ofSeed}-${at}`, { target: name, fault, input });
    console.log(`  FIND (${count} times): ${fault}\n    ${input.about}\n    seed ${ofSeed}, ${path}`);
    if (cause !== undefined) console.log(`    ${cause}`);
  }
}
