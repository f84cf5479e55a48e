// `npm run bench:rest`: the whole service with its client beside the reference, on the same cores. Writes
// docs/measured/rest.json, from which bench/pages/readme-table.mjs fills README.md.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../scripts/setup.mjs';
import { setUpWithPeers } from '../shared/set-up.mjs';

const { values } = parseArgs({
  options: {
    manifest: { type: 'string' },
    clips: { type: 'string', default: '40' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '10' },
    'no-write': { type: 'boolean', default: false },
  },
});
await setUpWithPeers();
// Imported only now: these modules need the packages and the build.
const { readClips } = await import('../shared/clips.mjs');
const { findPair } = await import('./contenders.mjs');
const { currentCommit, describeMachine } = await import('../shared/machine.mjs');
const { measureRest } = await import('./rest/measure.mjs');
const { restTable } = await import('./rest/table.mjs');

const machine = describeMachine();
const { source, clips } = readClips(values.manifest, Number(values.clips));
const [reference, own] = await findPair();
const [rounds, seconds, atOnce] = [Number(values.rounds), Number(values.seconds), 8];
const workers = Math.max(1, Math.floor(machine.cores));
const result = {
  date: new Date().toISOString(),
  commit: currentCommit(),
  machine,
  graphs: own.graphs,
  reference: { name: reference.name, version: reference.version, model: reference.model },
  clips: { source, count: clips.length },
  rounds,
  seconds,
  atOnce,
  workers,
  rest: await measureRest({ reference, clips, rounds, seconds, atOnce, workers }),
};
console.log(restTable(result));
if (!values['no-write']) {
  const file = join(root, 'docs', 'measured', 'rest.json');
  writeFileSync(file, `${JSON.stringify({ overRest: result }, undefined, 2)}\n`);
}
