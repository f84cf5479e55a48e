// @module-tag slow
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const program = `
  import { openSync } from 'node:fs';
  import { WorkerProcess } from './src/inference/worker-process.ts';
  const entry = { url: new URL('file://' + process.cwd() + '/src/inference/worker.ts'), execArgv: [] };
  try {
    for (;;) openSync('/dev/null');
  } catch {}
  for (let tries = 0; tries < 3; tries += 1) {
    await WorkerProcess.start({ entry, models: [] }).catch(({ code, message }) => console.log(code, message));
  }
`;

const lowPriority = `
  import { getPriority } from 'node:os';
  import { forkWorker } from './src/inference/fork-worker.ts';
  const entry = { url: new URL('file://' + process.cwd() + '/src/inference/worker.ts'), execArgv: [] };
  for (const niceness of [5, 10]) {
    const child = await forkWorker(entry, { niceness });
    console.log(getPriority(child.pid));
    child.kill('SIGKILL');
  }
`;

describe('forkWorker', () => {
  it('adds to the niceness of the service, which a process without privileges cannot go below', () => {
    const node = ['--import', './scripts/typescript-loader.mjs', '--input-type=module', '-e', lowPriority];
    const { stdout } = spawnSync('nice', ['-n', '12', process.execPath, ...node], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect(stdout.trim().split('\n')).toEqual(['17', '19']);
  }, 90_000);

  it('gives the reason when there are no descriptors for a process, and leaves no timer', () => {
    const node = [
      process.execPath,
      '--import',
      './scripts/typescript-loader.mjs',
      '--input-type=module',
      '-e',
    ];
    const { stdout, status } = spawnSync('sh', ['-c', 'ulimit -n 96; exec "$@"', 'sh', ...node, program], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect(stdout.trim().split('\n')).toEqual(Array(3).fill(expect.stringMatching(/^EMFILE .*EMFILE/)));
    expect(status).toBe(0);
  }, 90_000);
});
