// Runs a compiled program in the place of this process: its signals are passed on and its exit code is kept.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { withServiceEnvironment } from './service-environment.mjs';
import { root } from './setup.mjs';

/** @param {string} program relative to the repository; @param {readonly string[]} args */
export function runNode(program, args) {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: withServiceEnvironment(process.env),
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
