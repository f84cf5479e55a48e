// `npm run bench`: sets up Hearken and the peers' packages, then measures.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError, orExit, root, setUp } from '../scripts/setup.mjs';

// Compiling a variant may load onnxruntime here, which reads it then.
process.env.ORT_DISABLE_TELEMETRY = '1';
await orExit(async () => {
  await setUp({ models: true });
  installPeers();
});
// Not before: it imports what has just been installed and built.
const { run } = await import('./run.mjs');
await run(process.argv.slice(2));

function installPeers() {
  const folder = join(root, 'bench');
  if (existsSync(join(folder, 'node_modules', '.package-lock.json'))) return;
  console.error('bench: installing the peers (npm ci)');
  const npm = process.env.npm_execpath;
  const [command, ...args] = npm === undefined ? ['npm'] : [process.execPath, npm];
  const { status } = spawnSync(command, [...args, 'ci', '--no-audit', '--no-fund', '--no-progress'], {
    cwd: folder,
    // Its CPU library is in the package; its script would download CUDA's.
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new SetupError('the packages of bench/ could not be installed');
}
