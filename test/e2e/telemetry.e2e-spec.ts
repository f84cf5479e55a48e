import { execFile, spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { openAsBlob } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const clip = 'test/fixtures/sense-and-sensibility-0880.wav';

describe('telemetry of onnxruntime', () => {
  let home: string;
  let variables: Record<string, string>;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'telemetry-'));
    // Nothing of ours is passed on: CI=true would hide it.
    variables = { PATH: process.env['PATH'] ?? '', HOME: home, TMPDIR: home, XDG_CACHE_HOME: home };
  });
  afterEach(async () => {
    await rm(home, { recursive: true });
  });

  it('would write files if it were not turned off, so that the next test can fail', async () => {
    const program = `
      const { InferenceSession } = require('onnxruntime-node');
      InferenceSession.create('models/silero-vad/6/silero_vad_v6.onnx').then(() => setTimeout(() => {}, 1000));`;
    await promisify(execFile)(process.execPath, ['-e', program], { env: variables });
    expect(await readdir(home)).not.toEqual([]);
  });

  it('is off in the service: started as by npm start, used and ended, it has written nothing', async () => {
    const service = spawn(process.execPath, [resolve('scripts/start.mjs')], {
      env: { ...variables, PORT: '0' },
      // Not in the repository's folder, as a service manager would start it.
      cwd: home,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exit = once(service, 'exit');
    try {
      let output = '';
      for await (const [text] of on(service.stdout.setEncoding('utf8'), 'data')) {
        output += String(text);
        if (/listens on http\S+ .*\n/.test(output)) break;
      }
      const address = /listens on (\S+)/.exec(output)?.[1] ?? '';
      const form = new FormData();
      form.append('file', await openAsBlob(clip), 'clip.wav');
      const answer = await fetch(`${address}/v1/audio/transcriptions`, { method: 'POST', body: form });
      expect(((await answer.json()) as { text: string }).text).toMatch(/young man/i);
    } finally {
      service.kill('SIGTERM');
    }
    expect(await exit).toEqual([0, null]);
    expect(await readdir(home)).toEqual([]);
  });
});
