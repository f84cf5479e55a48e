// `npm test`: sets up what is missing, then runs the unit tests and the end-to-end tests, the latter also where a unit
// test fails, so that one run reports everything. `node scripts/test.mjs e2e ARGS…` runs the end-to-end tests alone.
import { spawnSync } from 'node:child_process';
import { orExit, root, setUp } from './setup.mjs';

const configOf = { unit: 'vitest.config.ts', e2e: 'vitest.config.e2e.ts' };
const vitest = 'node_modules/vitest/vitest.mjs';

const [first, ...rest] = process.argv.slice(2);
const suites = first in configOf ? [first] : ['unit', 'e2e'];
const args = first in configOf ? rest : process.argv.slice(2);

await orExit(() => setUp({ models: true }));
console.log(`corpus: ${process.env.HEARKEN_CORPUS || 'none, HEARKEN_CORPUS names no folder'}`);
const failed = suites.filter((suite) => {
  console.log(`\n${suite} tests`);
  const command = [vitest, 'run', '--config', configOf[suite], ...args];
  return spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' }).status !== 0;
});
if (failed.length > 0) console.error(`\nfailed: the ${failed.join(' and the ')} tests`);
process.exit(failed.length > 0 ? 1 : 0);
