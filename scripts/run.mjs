// `node scripts/run.mjs NAME args…`: sets up what the command needs and runs dist/cli/NAME.js.
import { spawnSync } from 'node:child_process';
import { runNode } from './run-node.mjs';
import { orExit, root, setUp } from './setup.mjs';

const [name, ...args] = process.argv.slice(2);
const model = args[args.indexOf('--model') + 1];
const recognizing = ['transcribe', 'explain', 'evaluate', ...(args.includes('--model') ? ['labels'] : [])];
if (recognizing.includes(name) && args.includes('--model') && model !== undefined) process.env.MODELS = model;

// Errors in a manifest are reported at once, not after models have been fetched and verified.
if (name === 'evaluate') {
  await orExit(() => setUp({ models: false }));
  const { status } = spawnSync(process.execPath, ['dist/cli/check-evaluation.js', ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}
await orExit(() => setUp({ models: recognizing.includes(name) }));
runNode(`dist/cli/${name}.js`, args);
