// @module-tag slow
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveEntryPoint } from './entry-point.js';

describe('resolveEntryPoint', () => {
  let folder: string;
  let caller: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hearken-entry-'));
    caller = pathToFileURL(join(folder, 'caller.ts')).href;
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(join(folder, 'answer.ts'), 'export enum Answer { value = 42 }\n');
    await writeFile(
      join(folder, 'entry.ts'),
      `import { parentPort } from 'node:worker_threads';
       import { Answer } from './answer.js';
       const answer: number = Answer.value;
       if (parentPort) parentPort.postMessage(answer); else process.send?.(answer);`,
    );
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('returns the compiled file if the caller is compiled', () => {
    expect(resolveEntryPoint('file:///app/dist/stage/pool.js', './thread.js')).toEqual({
      url: new URL('file:///app/dist/stage/thread.js'),
      execArgv: [],
    });
  });

  it('starts a thread from the TypeScript source', async () => {
    const { url, execArgv } = resolveEntryPoint(caller, './entry.js');
    const worker = new Worker(url, { execArgv: [...execArgv] });
    const [answer] = (await once(worker, 'message')) as [number];
    expect(answer).toBe(42);
    await worker.terminate();
  });

  it('starts a process from the TypeScript source', async () => {
    const { url, execArgv } = resolveEntryPoint(caller, './entry.js');
    const child = fork(url, [], { execArgv: [...execArgv] });
    const [answer] = (await once(child, 'message')) as [number];
    expect(answer).toBe(42);
    child.kill();
  });
});
