import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { until } from '../support/transcribe.js';

vi.setConfig({ testTimeout: 300_000 });

let npm: ChildProcess | undefined;
let servicePid = 0;
afterEach(() => {
  for (const pid of [npm?.pid ?? 0, servicePid]) if (pid > 0 && isAlive(pid)) process.kill(pid, 'SIGKILL');
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function parentOf(pid: number): Promise<number> {
  return Number(/^PPid:\s+(\d+)$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

/** Runs `npm start`, and waits until the service listens. */
async function npmStart(): Promise<{ npmPid: number }> {
  let log = '';
  npm = spawn('npm', ['start'], {
    env: { ...process.env, PORT: '0', WORKERS: '1', LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  npm.stdout?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  await until(() => log.includes('listens on'), 240);
  servicePid = Number(/"pid":(\d+)/.exec(log)?.[1]);
  expect(isAlive(servicePid)).toBe(true);
  return { npmPid: npm.pid! };
}

describe.skipIf(process.platform !== 'linux')('the service that npm start has started', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)('ends when npm gets %s', async (signal) => {
    const { npmPid } = await npmStart();
    process.kill(npmPid, signal);
    await until(() => !isAlive(servicePid), 20);
  });

  it('ends when the script between the two is killed', async () => {
    await npmStart();
    process.kill(await parentOf(servicePid), 'SIGKILL');
    await until(() => !isAlive(servicePid), 20);
  });
});
