import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { OpenAI, RateLimitError } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ListenClient } from '../support/listen-client.js';
import { RealtimeClient } from '../support/realtime-client.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';

/** Seven seconds; 44 bytes of header. */
const recording = await readFile('test/fixtures/sense-and-sensibility-0870.wav');
const samples = recording.subarray(44);
const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const rows: readonly (readonly [string, string])[] = [
  ['two', 'requests-per-minute=2'],
  ['sdk', 'requests-per-minute=1'],
  ['handshakes', 'requests-per-minute=1'],
  ['upload', 'audio-seconds-per-hour=5'],
  ['listen', 'audio-seconds-per-hour=3'],
  ['realtime', 'audio-seconds-per-hour=3'],
  ['streams', 'streams=1'],
];

let running: RunningApp;
beforeAll(async () => {
  const keys = rows.map(([name, options]) => `${name}=${hashOf(name)} ${options}`).join('\n');
  running = await startApp({ API_KEYS: keys, WORKERS: '1' });
}, 60_000);
afterAll(() => running.close());

const get = (path: string, key: string) => fetch(`${running.url}${path}`, { headers: bearer(key) });
const post = (key: string) =>
  fetch(`${running.url}/v1/listen`, { method: 'POST', headers: bearer(key), body: recording });

describe('a key with a limit', { timeout: 60_000 }, () => {
  it('of requests reads in every answer how many are left, and is refused in the words of each protocol', async () => {
    const first = await get('/v1/models', 'two');
    expect(first.headers.get('x-ratelimit-limit-requests')).toBe('2');
    expect(first.headers.get('x-ratelimit-remaining-requests')).toBe('1');
    expect(first.headers.get('ratelimit-policy')).toBe('"requests";q=2;w=60');
    await get('/v1/models', 'two');
    const openai = await get('/v1/models', 'two');
    expect([openai.status, openai.headers.get('x-ratelimit-remaining-requests')]).toEqual([429, '0']);
    expect(Number(openai.headers.get('retry-after'))).toBeGreaterThan(20);
    expect(await openai.json()).toMatchObject({
      error: { type: 'rate_limit_error', code: 'rate_limit_exceeded' },
    });
    const deepgram = await post('two');
    expect(deepgram.status).toBe(429);
    expect(deepgram.headers.get('dg-error')).toMatch(/^TOO_MANY_REQUESTS: This key may send 2 requests/);
    expect(await deepgram.json()).toMatchObject({ err_code: 'TOO_MANY_REQUESTS' });
  });

  it('of requests is a rate limit for OpenAI’s client', async () => {
    const client = new OpenAI({ apiKey: 'sdk', baseURL: `${running.url}/v1`, maxRetries: 0 });
    await client.models.list();
    const refused = (await client.models.list().catch((error: unknown) => error)) as RateLimitError;
    expect(refused).toBeInstanceOf(RateLimitError);
    expect(refused.code).toBe('rate_limit_exceeded');
  });

  it('of requests counts handshakes too', async () => {
    const client = await ListenClient.open(running.url, 'encoding=linear16&sample_rate=16000', {
      headers: bearer('handshakes'),
    });
    client.socket.close();
    expect((await get('/v1/realtime', 'handshakes')).status).toBe(429);
  });

  it('of audio gets the text of a recording that goes past it, and is refused afterwards', async () => {
    const within = await post('upload');
    expect(within.status).toBe(200);
    const beyond = await post('upload');
    expect([beyond.status, beyond.headers.get('x-should-retry')]).toEqual([429, 'false']);
    expect(await beyond.json()).toMatchObject({ err_code: 'AUDIO_LIMIT_EXCEEDED' });
    // Seven of five seconds: two of debt, and half a second to begin again, of 5 in an hour.
    const waitSeconds = Number(beyond.headers.get('retry-after'));
    expect(waitSeconds).toBeGreaterThan(1_000);
    expect(waitSeconds).toBeLessThan(2_500);
    expect((await get('/v1/models', 'upload')).status).toBe(200);
  });

  it('of audio hears what was said until then over /v1/listen, then an Error and the end', async () => {
    const client = await ListenClient.open(running.url, 'encoding=linear16&sample_rate=16000', {
      headers: bearer('listen'),
    });
    client.socket.send(samples);
    expect(await client.closed).toEqual({ code: 1008, reason: 'DATA-0000: AUDIO_LIMIT_EXCEEDED' });
    expect(client.messages.at(-1)).toMatchObject({ type: 'Error', code: 'AUDIO_LIMIT_EXCEEDED' });
    expect(client.messages.some(({ type }) => type === 'Results')).toBe(true);
    expect(client.faults).toEqual([]);
    const refused = await get('/v1/listen', 'listen');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, expect.any(String)]);
  });

  it('of audio hears what was said until then over /v1/realtime, then an error and the end', async () => {
    const client = await RealtimeClient.open(running.url, '', { headers: bearer('realtime') });
    await client.update({ format: { type: 'audio/pcm', rate: 16_000 } });
    client.append(samples);
    expect(await client.closed).toBe(1008);
    expect(client.events.at(-1)).toMatchObject({
      type: 'error',
      error: { type: 'rate_limit_error', code: 'insufficient_quota' },
    });
    expect(client.of('conversation.item.input_audio_transcription.completed')).not.toEqual([]);
  });

  it('of streams opens as many', async () => {
    const open = () =>
      ListenClient.open(running.url, 'encoding=linear16&sample_rate=16000', { headers: bearer('streams') });
    const client = await open();
    await expect(open()).rejects.toThrow();
    expect((await get('/v1/listen', 'streams')).status).toBe(429);
    client.socket.close();
    await client.closed;
    await expect.poll(async () => (await get('/v1/listen', 'streams')).status).toBe(426);
  });
});
