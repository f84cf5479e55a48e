// `npm run faults`: does every fault to the built service. See README.md.
import { parseArgs } from 'node:util';
import { allFaults } from './all-faults.js';
import { FaultRunner } from './run-fault.js';
import { writeResults } from './results.js';
import type { Result } from './fault.js';

const { values } = parseArgs({
  options: {
    /** Only faults whose kind or phase contains this. */
    only: { type: 'string', default: '' },
    runs: { type: 'string', default: '3' },
    quick: { type: 'boolean', default: false },
    /** Does not write docs/measured/faults.json. */
    dry: { type: 'boolean', default: false },
  },
});

const chosen = allFaults.filter(
  ({ kind, phase, how, quick }) =>
    `${kind} ${how} ${phase}`.toLowerCase().includes(values.only.toLowerCase()) &&
    (!values.quick || quick === true),
);
// The services end with the suite.
process.once('SIGTERM', () => process.exit(1));

const runner = new FaultRunner();
const results: Result[] = [];
const skipped = new Map<string, string>();
let failures = 0;
for (const fault of chosen) {
  const title = `${fault.kind} (${fault.how}; ${fault.phase})`;
  const reason = fault.impossible?.();
  if (reason !== undefined) {
    skipped.set(fault.kind, reason);
    console.log(`skip  ${title}: ${reason}`);
    continue;
  }
  for (let run = fault.slow === true ? Number(values.runs) - 1 : 0; run < Number(values.runs); run++) {
    try {
      const result = await runner.run(fault);
      results.push(result);
      // At once: the run may be ended.
      if (!values.dry) await writeResults(results, skipped);
      console.log(
        `pass  ${title}: ${result.client.join(', ')} | ${result.operator.join(', ')} | ${result.recoveryMs} ms`,
      );
    } catch (error) {
      failures++;
      console.log(`FAIL  ${title}: ${(error as Error).message}`);
    }
  }
}
await runner.end();
if (!values.dry) await writeResults(results, skipped);
console.log(failures === 0 ? `All ${results.length} passed.` : `${failures} failed.`);
process.exit(failures === 0 ? 0 : 1);
