// @module-tag slow
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { isRunning } from '../../test/faults/proc.js';

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

const parent = `
  import { once } from 'node:events';
  import { forkWorker } from './src/inference/fork-worker.ts';
  const url = new URL('file://' + process.cwd() + '/test/support/spinning-worker.ts');
  const child = await forkWorker({ url, execArgv: ['--import', './scripts/typescript-loader.mjs'] });
  await once(child, 'message');
  console.log(child.pid);
`;
const canFollow = spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true']).status === 0;

describe('forkWorker', () => {
  it.skipIf(!canFollow)(
    'starts a process that a killed service does not leave behind, though it hangs',
    async () => {
      const node = ['--import', './scripts/typescript-loader.mjs', '--input-type=module', '-e', parent];
      const service = spawn(process.execPath, node, { stdio: ['ignore', 'pipe', 'inherit'] });
      const [line] = (await once(service.stdout, 'data')) as [Buffer];
      const pid = Number(String(line));
      const isThere = (): boolean => isRunning(pid);
      expect(isThere()).toBe(true);
      service.kill('SIGKILL');
      try {
        await vi.waitFor(() => expect(isThere()).toBe(false), { timeout: 60_000 });
      } finally {
        if (isThere()) process.kill(pid, 'SIGKILL');
      }
    },
    90_000,
  );

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
