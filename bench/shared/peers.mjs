import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError, root } from '../../scripts/setup.mjs';

/** The packages that Hearken is compared with; does nothing where they are there. @throws SetupError */
export function installPeers() {
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
