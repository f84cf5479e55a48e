// `npm run faults`: sets up what is missing and does every fault to the service (test/faults/README.md).
import { spawnSync } from 'node:child_process';
import { orExit, root, setUp } from './setup.mjs';

await orExit(() => setUp({ models: true }));
const loader = ['--import', './scripts/typescript-loader.mjs', 'test/faults/run.ts'];
const { status } = spawnSync(process.execPath, [...loader, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(status ?? 1);
