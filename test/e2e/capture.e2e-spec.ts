import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEvaluationManifest } from '../../src/evaluation/evaluation-manifest.js';
import { ListenClient } from '../support/listen-client.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { until } from '../support/transcribe.js';

const clip = 'test/fixtures/sense-and-sensibility-0870.wav';
const [key, consentingKey, adminKey] = ['key-without', 'key-with-consent', 'key-of-operators'];

let home: string;
let running: RunningApp;
let audio: Buffer;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'capture-'));
  audio = await readFile(clip);
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
  running = await startApp({
    API_KEYS: `app=${hash(key)},consents=${hash(consentingKey)} capture=yes,ops=${hash(adminKey)} scopes=admin`,
    CAPTURE_FOLDER: home,
    CAPTURE_SHARE: '1',
    WORKERS: '1',
  });
});
afterAll(async () => {
  await running.close();
  await rm(home, { recursive: true, force: true });
});

async function ask(as: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const form = new FormData();
  form.append('file', new Blob([Uint8Array.from(audio)]), 'a.wav');
  const response = await fetch(`${running.url}/v1/audio/transcriptions`, {
    method: 'POST',
    body: form,
    headers: { authorization: `Bearer ${as}`, ...headers },
  });
  expect(response.status).toBe(200);
  return response.headers.get('x-request-id')!;
}

interface State {
  readonly kept?: { readonly random: number };
  readonly failed?: number;
}

async function captures(
  method = 'GET',
  query = '',
  as = adminKey,
): Promise<State & { deleted?: number; status: number }> {
  const response = await fetch(`${running.url}/v1/captures${query}`, {
    method,
    headers: { authorization: `Bearer ${as}` },
  });
  return { ...((await response.json()) as State), status: response.status };
}

async function rows(): Promise<Record<string, unknown>[]> {
  const text = await readFile(join(home, hostname(), 'manifest.jsonl'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function kept(count: number): Promise<void> {
  let seen = 0;
  void (async () => {
    while (seen < count) {
      seen = (await captures()).kept?.random ?? 0;
      await new Promise((done) => setTimeout(done, 50));
    }
  })();
  await until(() => seen >= count);
}

describe('captures', () => {
  it('are made with consent of the request or of the key, and not without', async () => {
    await ask(key);
    await ask(consentingKey, { 'x-capture-consent': 'no' });
    const posted = await ask(key, { 'x-capture-consent': 'yes', 'x-client-id': 'somebody' });
    await ask(consentingKey);
    for (const [id, consent] of [
      ['stream-6', 'mip_opt_out=true&capture_consent=yes'],
      ['stream-7', 'capture_consent=yes'],
    ] as const) {
      const query = `encoding=linear16&sample_rate=16000&${consent}`;
      const headers = { authorization: `Token ${key}`, 'x-request-id': id };
      const client = await ListenClient.open(running.url, query, { headers });
      client.send(audio.subarray(44));
      await client.finish();
    }
    await kept(3);
    const all = await rows();
    expect(all.map((row) => row['request_id'])).toContain('stream-7');
    expect(all.find((row) => row['request_id'] === posted)).toMatchObject({
      reason: 'random',
      model: 'moonshine-tiny-en',
      hypothesis: expect.stringMatching(/\w+ \w+/) as unknown,
      features: { sourceRateHz: 16_000, channels: 1, isEmpty: false },
      provenance: { variant: 'rq' },
    });
    for (const { file } of all) {
      const wav = await readFile(join(home, hostname(), file as string));
      expect(wav.subarray(0, 4).toString()).toBe('RIFF');
      expect([wav.readUInt16LE(22), wav.readUInt32LE(24), wav.readUInt16LE(34)]).toEqual([1, 16_000, 16]);
      expect(wav.length).toBeGreaterThan(60_000);
    }
    expect((await readdir(join(home, hostname()))).filter((name) => name.endsWith('.wav'))).toHaveLength(3);
  });

  it('get the right text by feedback, are forgotten by request and by client, and only operators may ask', async () => {
    const id = await ask(key, { 'x-capture-consent': 'yes' });
    await kept(4);
    const response = await fetch(`${running.url}/v1/feedback`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify({ request_id: id, outcome: 'corrected', corrected_text: 'the right text' }),
    });
    expect(response.status).toBe(204);
    expect(await captures('DELETE', '?request_id=stream-7')).toMatchObject({ status: 200, deleted: 1 });
    expect((await rows()).find((row) => row['request_id'] === id)).toMatchObject({ text: 'the right text' });
    const manifest = join(home, hostname(), 'manifest.jsonl');
    // What nobody gave a text yet cannot be evaluated, and the refusal names the line.
    await expect(readEvaluationManifest(manifest)).rejects.toThrow(/manifest\.jsonl:\d has no "text"/);
    expect(await captures('DELETE', '?client_id=somebody&key=app')).toMatchObject({ deleted: 1 });
    expect(await captures('DELETE', '?client_id=somebody&key=app')).toMatchObject({ deleted: 0 });
    expect((await captures('DELETE', '?request_id=a', key)).status).toBe(403);
    expect((await captures('GET', '', key)).status).toBe(403);
    for (const query of ['', '?request_id=', '?request_id=a&client_id=b', '?client_id=']) {
      expect((await captures('DELETE', query)).status).toBe(400);
    }
  });

  it('that cannot be written harm no request, are counted, and health says so', async () => {
    await rm(join(home, hostname()), { recursive: true });
    await writeFile(join(home, hostname()), 'a file in place of the folder');
    await ask(consentingKey);
    await ask(consentingKey);
    await expect.poll(async () => (await captures()).failed).toBe(2);
    const ready = (await (await fetch(`${running.url}/health/ready`)).json()) as {
      info: { capture: object };
    };
    expect(ready).toMatchObject({
      status: 'ok',
      info: { capture: { state: expect.stringContaining('failing: ') as unknown } },
    });
    const metrics = await (await fetch(`${running.url}/metrics`)).text();
    expect(metrics).toContain('hearken_captures{result="failed"} 2');
    await rm(join(home, hostname()));
  });
});
