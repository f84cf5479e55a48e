// @module-tag once
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../support/free-port.js';

// Runs docs/tutorial.md word for word, in a folder that has what a clone has after `npm ci`; only the port is another one.

interface Block {
  readonly isServer: boolean;
  readonly commands: string;
}

let folder: string;
let port: number;
let server: ChildProcess | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tutorial-'));
  port = await freePort();
  for (const name of [
    'package.json',
    'package-lock.json',
    'dist',
    'scripts',
    'test',
    'docs',
    'src',
    'tsconfig.json',
    'tsconfig.build.json',
  ]) {
    await cp(resolve(name), join(folder, name), { recursive: true });
  }
  await cp(resolve('models'), join(folder, 'models'), { recursive: true });
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
}, 60_000);
afterAll(async () => {
  server?.kill('SIGTERM');
  await new Promise((done) =>
    server === undefined || server.exitCode !== null ? done(0) : server.once('exit', done),
  );
  await rm(folder, { recursive: true, force: true });
});

function run({ commands }: Block): Promise<string> {
  const own = commands.replaceAll('127.0.0.1:8080', `127.0.0.1:${port}`).replace(/^npm ci$/m, 'true');
  return new Promise((done, failed) => {
    const env = { ...process.env, HEARKEN_URL: `http://127.0.0.1:${port}`, WORKERS: '2', LOG_FORMAT: 'json' };
    const child = spawn('bash', ['-euo', 'pipefail', '-c', own], { cwd: folder, env });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => (output += String(chunk)));
    child.once('exit', (code) => (code === 0 ? done(output) : failed(new Error(`${own}\n${output}`))));
  });
}

async function start({ commands }: Block): Promise<void> {
  const env = { ...process.env, PORT: String(port), WORKERS: '2', LOG_LEVEL: 'warn' };
  server = spawn('bash', ['-c', commands], { cwd: folder, env, stdio: 'ignore', detached: false });
  await expect
    .poll(
      () =>
        fetch(`http://127.0.0.1:${port}/health/ready`).then(
          ({ ok }) => ok,
          () => false,
        ),
      { timeout: 120_000, interval: 500 },
    )
    .toBe(true);
}

it('leads from a clone to a caught drift, a returned canary and better labels', async () => {
  const tutorial = await readFile('docs/tutorial.md', 'utf8');
  const blocks = [...tutorial.matchAll(/^```sh( server)?\n([\s\S]*?)^```$/gm)].map(
    ([, kind, commands = '']) => ({
      isServer: kind !== undefined,
      commands,
    }),
  );
  await writeFile(join(folder, 'tutorial.md'), tutorial);
  const outputs: string[] = [];
  for (const block of blocks) {
    if (block.isServer) await start(block);
    else outputs.push(await run(block));
  }
  const [usual, , canary, after, drift, next, labels] = outputs;
  expect(usual).toMatch(/\d+ pieces/);
  expect(canary).toMatch(/"state":"returned"/);
  expect(canary).toMatch(/another number of words/);
  expect(after).toMatch(/^\d+ answers of moonshine-tiny-en@1$/m);
  expect(after).not.toContain('candidate');
  expect(drift).toMatch(/"state":"drifted","drifted":\[[^\]]*"active_level"/);
  expect(next!.split('\n').filter((line) => line.includes('.wav')).length).toBeGreaterThanOrEqual(5);
  expect(labels).toContain('they are not consistent');
  expect(labels).toMatch(/all speech\s+2\s/);
  expect(await readFile(join(folder, 'tutorial/report.html'), 'utf8')).toContain('<svg');
}, 600_000);
