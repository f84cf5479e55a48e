// `npm run faults`: does every fault to the built service. See README.md.
import { parseArgs } from 'node:util';
import { allFaults } from './all-faults.js';
import { FaultRunner } from './run-fault.js';
import { measuredRunsOf, writeResults } from './results.js';
import type { Fault, Result } from './fault.js';

const { values } = parseArgs({
  options: {
    /** Only faults whose kind or phase contains this. */
    only: { type: 'string', default: '' },
    runs: { type: 'string', default: '3' },
    quick: { type: 'boolean', default: false },
    /** Only faults that have fewer measured runs than asked for. */
    missing: { type: 'boolean', default: false },
    /** Does not write docs/measured/faults.json. */
    dry: { type: 'boolean', default: false },
  },
});

const runsOf = ({ slow }: Fault): number => (slow === true ? 1 : Number(values.runs));
const chosen = allFaults.filter(
  (fault) =>
    `${fault.kind} ${fault.how} ${fault.phase}`.toLowerCase().includes(values.only.toLowerCase()) &&
    (!values.quick || fault.quick === true) &&
    (!values.missing || measuredRunsOf(fault) < runsOf(fault)),
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
  for (let run = 0; run < runsOf(fault); run++) {
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
