// Runs a compiled program in the place of this process: its signals are passed on and its exit code is kept. When this
// process ends without a word, the program sees that by the channel between the two; when npm does, which passes no word on
// either, this process sees it by its parent.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { withServiceEnvironment } from './service-environment.mjs';
import { root } from './setup.mjs';

/** @param {string} program relative to the repository; @param {readonly string[]} args */
export function runNode(program, args) {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: root,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: withServiceEnvironment(process.env),
  });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal));
  }
  endWithNpm(() => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

/** @param {() => void} end called once, when the npm that runs this script is gone */
function endWithNpm(end) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    end();
  }, 500);
  timer.unref();
}
