// @module-tag once
import { existsSync } from 'node:fs';
import { afterAll, describe, it } from 'vitest';
import { allFaults } from '../faults/all-faults.js';
import type { Settings } from '../faults/faulty-service.js';
import { FaultRunner } from '../faults/run-fault.js';

/** A selection of the faults of test/faults; `npm run faults` does all of them. */
const isPossible = process.platform === 'linux' && existsSync('dist/main.js');
const quick = isPossible
  ? allFaults.filter((fault) => fault.quick === true && fault.impossible?.() === undefined)
  : [];
// One service for all: a start, and texts to compare with, take eight seconds each time.
const runner = new FaultRunner(Object.assign({}, ...quick.map(({ settings }) => settings)) as Settings);
afterAll(() => runner.end());

describe.skipIf(!isPossible)('the built service (needs Linux and a build)', { timeout: 240_000 }, () => {
  it.each(quick.map((fault) => ({ title: `${fault.kind} (${fault.how}; ${fault.phase})`, fault })))(
    'outlives: $title',
    async ({ fault }) => {
      await runner.run(fault);
    },
  );
});
