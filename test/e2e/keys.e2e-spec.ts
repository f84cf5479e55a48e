// @module-tag once
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeRecognizer } from '../support/fake-recognizer.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';

const recording = await readFile('test/fixtures/sense-and-sensibility-0870.wav');
const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
/** The status of a plain request to a socket that would be opened. */
const wouldOpen = 426;

let running: RunningApp;
const get = (path: string, key: string) => fetch(`${running.url}${path}`, { headers: bearer(key) });
const listen = (key: string) =>
  fetch(`${running.url}/v1/listen`, { method: 'POST', headers: bearer(key), body: recording });
function transcribe(key: string) {
  const form = new FormData();
  form.append('file', new Blob([recording]), 'a.wav');
  return fetch(`${running.url}/v1/audio/transcriptions`, {
    method: 'POST',
    headers: bearer(key),
    body: form,
  });
}

describe('keys with scopes and days of expiry', () => {
  beforeAll(async () => {
    const rows = [
      `usual=${hashOf('usual')}`,
      `recordings=${hashOf('recordings')} scopes=transcribe`,
      `sockets=${hashOf('sockets')} scopes=stream`,
      `operator=${hashOf('operator')} scopes=admin`,
      `former=${hashOf('former')} expires=2020-01-31`,
    ];
    running = await startApp({ API_KEYS: rows.join('\n'), WORKERS: '1' }, new FakeRecognizer());
  });
  afterAll(() => running.close());

  it.each([
    ['usual', [200, 200, wouldOpen, wouldOpen, 200]],
    ['recordings', [200, 200, 403, 403, 200]],
    ['sockets', [403, 403, wouldOpen, wouldOpen, 200]],
    ['operator', [403, 403, 403, 403, 200]],
    ['former', [401, 401, 401, 401, 401]],
  ])('let “%s” do what it may', async (key, statuses) => {
    const answers = [
      await transcribe(key),
      await listen(key),
      await get('/v1/listen', key),
      await get('/v1/realtime', key),
      await get('/v1/models', key),
    ];
    expect(answers.map(({ status }) => status)).toEqual(statuses);
  });

  it('refuse in the words of each protocol', async () => {
    expect(await (await transcribe('sockets')).json()).toMatchObject({
      error: {
        type: 'invalid_request_error',
        code: 'insufficient_permissions',
        message: 'This API key may not do that: it has not the scope "transcribe".',
      },
    });
    expect(await (await get('/v1/listen', 'recordings')).json()).toMatchObject({
      err_code: 'INSUFFICIENT_PERMISSIONS',
      err_msg: 'This API key may not do that: it has not the scope "stream".',
    });
    const expired = await transcribe('former');
    expect(expired.headers.get('www-authenticate')).toContain('Bearer');
    const body = await expired.text();
    expect(JSON.parse(body)).toMatchObject({
      error: { type: 'authentication_error', code: 'KEY_EXPIRED', message: 'This API key has expired.' },
    });
    expect(body).not.toContain('former');
  });
});

describe('a file of keys', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keys-'));
    await writeFile(join(folder, 'keys'), `first=${hashOf('first')}\n`);
    running = await startApp({ API_KEYS_FILE: join(folder, 'keys') }, new FakeRecognizer());
  });
  afterAll(async () => {
    await running.close();
    await rm(folder, { recursive: true });
  });

  it('is followed without a restart', async () => {
    const statuses = async () => [
      (await get('/v1/models', 'first')).status,
      (await get('/v1/models', 'second')).status,
    ];
    expect(await statuses()).toEqual([200, 401]);
    await writeFile(join(folder, 'keys'), `second=${hashOf('second')}\n`);
    await expect.poll(statuses, { timeout: 15_000 }).toEqual([401, 200]);
  });
});
