// `npm run dev`: runs the service from its source and restarts it when a file below src/ changes, without a build.
// Arguments are node's own, for instance `npm run dev -- --inspect`.
import { spawn } from 'node:child_process';
import { withServiceEnvironment } from './service-environment.mjs';
import { orExit, root, setUp } from './setup.mjs';

await orExit(() => setUp({ models: true, buildAnew: false }));
const child = spawn(
  process.execPath,
  [
    '--watch',
    '--watch-path=src',
    '--watch-preserve-output',
    '--import',
    './scripts/typescript-loader.mjs',
    ...process.argv.slice(2),
    'src/main.ts',
  ],
  { cwd: root, stdio: 'inherit', env: withServiceEnvironment(process.env) },
);
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => child.kill(signal));
}
child.on('exit', (code) => process.exit(code ?? 1));
