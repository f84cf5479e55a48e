import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ListenClient } from '../support/listen-client.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';

const clip = 'test/fixtures/sense-and-sensibility-0870.wav';
const [key, otherKey] = ['key-of-the-app', 'key-of-another'];

let running: RunningApp;
let audio: Buffer;
beforeAll(async () => {
  audio = await readFile(clip);
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
  running = await startApp({ API_KEYS: `app=${hash(key)},other=${hash(otherKey)}`, WORKERS: '1' });
});
afterAll(() => running.close());

async function ask(client: string): Promise<{ id: string; text: string }> {
  const form = new FormData();
  form.append('file', new Blob([Uint8Array.from(audio)]), 'a.wav');
  const response = await fetch(`${running.url}/v1/audio/transcriptions`, {
    method: 'POST',
    body: form,
    headers: { authorization: `Bearer ${key}`, 'x-client-id': client },
  });
  const { text } = (await response.json()) as { text: string };
  return { id: response.headers.get('x-request-id')!, text };
}

async function feedback(body: unknown, as = key): Promise<{ status: number; code: string | undefined }> {
  const response = await fetch(`${running.url}/v1/feedback`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json' },
  });
  const text = await response.text();
  const { error } = (text === '' ? {} : JSON.parse(text)) as { error?: { code?: string } };
  return { status: response.status, code: error?.code };
}

async function metric(line: string): Promise<number> {
  const text = await (await fetch(`${running.url}/metrics`)).text();
  return Number(
    text
      .split('\n')
      .find((each) => each.startsWith(`${line} `))
      ?.split(' ')
      .at(-1) ?? Number.NaN,
  );
}

const model = 'model="moonshine-tiny-en",version="1"';

describe('POST /v1/feedback', () => {
  it('counts what users did, by model, and the word errors of what they correct', async () => {
    const { id, text } = await ask('a');
    expect(await feedback({ request_id: id, outcome: 'accepted' })).toEqual({ status: 204, code: undefined });
    expect((await feedback({ request_id: id, outcome: 'accepted' })).status).toBe(204);
    const [first, ...rest] = text.split(' ');
    const corrected = [`${first}s`, ...rest].join(' ');
    expect((await feedback({ request_id: id, outcome: 'corrected', corrected_text: corrected })).status).toBe(
      204,
    );
    expect(await metric(`hearken_feedback_total{${model},feedback="accepted"}`)).toBe(1);
    expect(await metric(`hearken_feedback_total{${model},feedback="corrected"}`)).toBe(1);
    expect(await metric(`hearken_corrected_errors_total{${model}}`)).toBe(1);
    expect(await metric(`hearken_corrected_words_total{${model}}`)).toBe(text.split(/[\s-]+/).length);
  });

  it('refuses unknown requests, those of other keys, and malformed feedback, each with its code', async () => {
    const { id } = await ask('b');
    const outcome = 'accepted';
    expect(await feedback({ request_id: 'unknown', outcome })).toEqual({
      status: 404,
      code: 'UTTERANCE_UNKNOWN',
    });
    expect(await feedback({ request_id: id, outcome }, otherKey)).toEqual({
      status: 404,
      code: 'UTTERANCE_UNKNOWN',
    });
    for (const body of [
      {},
      { request_id: id },
      { request_id: id, outcome: 'liked' },
      { request_id: 7, outcome },
      { request_id: id, outcome, corrected_text: 'but why' },
      { request_id: id, outcome: 'corrected', corrected_text: { a: 1 } },
      { request_id: id, outcome: 'corrected', corrected_text: 'x'.repeat(20_001) },
    ]) {
      expect(await feedback(body)).toEqual({ status: 400, code: 'INVALID_FIELD' });
    }
    expect((await feedback('{')).status).toBe(400);
    expect((await feedback('[]')).status).toBe(400);
    expect((await feedback({ request_id: id, outcome }, 'no-key')).status).toBe(401);
  });

  it('takes the id of a live stream, and notices a client who asks the same again', async () => {
    const before = await metric(`hearken_repeat_similarity_count{${model}}`);
    await ask('c');
    await ask('c');
    await ask('d');
    expect(await metric(`hearken_repeat_similarity_count{${model}}`)).toBe(before + 1);
    expect(await metric(`hearken_repeat_similarity_bucket{le="0.99",${model}}`)).toBe(0);
    const client = await ListenClient.open(running.url, 'encoding=linear16&sample_rate=16000', {
      headers: { authorization: `Token ${key}`, 'x-request-id': 'stream-1' },
    });
    client.send(audio.subarray(44));
    await client.finish();
    expect(
      (await feedback({ request_id: 'stream-1', outcome: 'typed', corrected_text: 'weather' })).status,
    ).toBe(204);
  });
});
