import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeRecognizer } from '../support/fake-recognizer.js';
import { handshakeHeaders, plainRequest } from '../support/plain-request.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';

const wav = readFileSync('test/fixtures/sense-and-sensibility-0870.wav');
const app = 'https://app.example.com';
const key = 'key-of-a-page';
const withKeys = { API_KEYS: `page=${createHash('sha256').update(key).digest('hex')}` };
const sockets = ['/v1/listen?encoding=linear16&sample_rate=16000', '/v1/realtime'];

let running: RunningApp;

/** As a page sends it without asking first: no preflight goes before a text/plain body. */
const post = (headers: Record<string, string>): ReturnType<typeof plainRequest> =>
  plainRequest(
    `${running.url}/v1/listen`,
    { 'content-type': 'text/plain', ...headers },
    { method: 'POST', body: wav },
  );
const handshake = (path: string, headers: Record<string, string>): ReturnType<typeof plainRequest> =>
  plainRequest(`${running.url}${path}`, { ...handshakeHeaders, ...headers });
const preflight = (path: string, origin: string): ReturnType<typeof plainRequest> =>
  plainRequest(
    `${running.url}${path}`,
    {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,x-stainless-os,openai-organization',
    },
    { method: 'OPTIONS' },
  );

describe('without API keys', () => {
  beforeAll(async () => {
    running = await startApp({}, new FakeRecognizer());
  });
  afterAll(() => running.close());

  it('a recording that a foreign page sends is refused, in the words of the path', async () => {
    const answer = await post({ origin: 'https://evil.example' });
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.body)).toMatchObject({ err_code: 'ORIGIN_NOT_ALLOWED' });
    expect((await post({ origin: 'null' })).status).toBe(403);
    expect((await post({ origin: 'http://localhost:3000' })).status).toBe(200);
    expect((await post({})).status).toBe(200);
  });

  it.each(['/v1/models', '/docs', '/docs-json', '/metrics', '/health/ready', '/asyncapi.yaml', '/none'])(
    'GET %s by the name of somebody else is refused',
    async (path) => {
      const answer = await plainRequest(`${running.url}${path}`, { host: 'evil.example:8080' });
      expect(answer.status).toBe(403);
      expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 'HOST_NOT_ALLOWED', param: null } });
    },
  );

  it.each(sockets)('a handshake of a foreign page at %s is refused', async (path) => {
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { host: 'evil.example' },
      { host: 'evil.example', origin: 'http://evil.example' },
    ] as Record<string, string>[]) {
      const { status, body } = await handshake(path, headers);
      expect(status).toBe(403);
      expect(body).toMatch(headers['host'] === undefined ? /ORIGIN_NOT_ALLOWED/ : /HOST_NOT_ALLOWED/);
    }
  });

  it('no page is allowed to read an answer', async () => {
    expect((await preflight('/v1/audio/transcriptions', 'http://localhost:3000')).status).toBe(405);
    const { headers } = await post({ origin: 'http://localhost:3000' });
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('with API keys and ALLOWED_ORIGINS', () => {
  beforeAll(async () => {
    running = await startApp({ ...withKeys, ALLOWED_ORIGINS: app }, new FakeRecognizer());
  });
  afterAll(() => running.close());

  it.each(['/v1/audio/transcriptions', '/v1/listen', '/v1/models'])(
    'the preflight of the page for %s is answered, and that of another is not',
    async (path) => {
      const { status, headers } = await preflight(path, app);
      expect(status).toBe(204);
      expect(headers['access-control-allow-origin']).toBe(app);
      expect(headers['access-control-allow-methods']).toMatch(/POST/);
      expect(headers['access-control-allow-headers']).toMatch(
        /authorization.*content-type.*x-stainless-os.*openai-organization/,
      );
      expect(headers.vary).toMatch(/origin/i);
      const other = await preflight(path, 'https://evil.example');
      expect(other.headers['access-control-allow-origin']).toBeUndefined();
    },
  );

  it('the page may read answers and refusals, with the headers that clients go by', async () => {
    const served = await post({ origin: app, authorization: `Token ${key}` });
    const refused = await post({ origin: app });
    expect([served.status, refused.status]).toEqual([200, 401]);
    for (const { headers } of [served, refused]) {
      expect(headers['access-control-allow-origin']).toBe(app);
      expect(headers['access-control-expose-headers']).toMatch(/x-request-id.*dg-request-id.*retry-after/);
    }
    const events = await plainRequest(`${running.url}/v1/models`, { origin: 'https://evil.example' });
    expect(events.headers['access-control-allow-origin']).toBeUndefined();
  });

  it.each(sockets)('a handshake at %s is taken from the page and from programs, with a key', async (path) => {
    const authorization = `Token ${key}`;
    const foreign = await handshake(path, { origin: 'https://evil.example', authorization });
    expect(foreign.status).toBe(403);
    for (const headers of [{ origin: app }, {}]) {
      // A key that is missing is what is left to refuse.
      const { status, headers: answered } = await handshake(path, headers);
      expect(status).toBe(401);
      expect(answered['www-authenticate']).toBe('Bearer realm="hearken", Token realm="hearken"');
    }
  });
});

describe('every answer', () => {
  beforeAll(async () => {
    running = await startApp(withKeys, new FakeRecognizer());
  });
  afterAll(() => running.close());

  it.each(['/v1/models', '/docs', '/docs-json', '/health/live', '/metrics', '/none', '/asyncapi.yaml'])(
    'at %s is what its type says, and stands in no frame',
    async (path) => {
      const { headers } = await plainRequest(`${running.url}${path}`);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['x-frame-options']).toBe('DENY');
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    },
  );

  it('with a transcript or about one is not cached', async () => {
    const form = new FormData();
    form.append('file', new Blob([wav]), 'a.wav');
    form.append('stream', 'true');
    const events = await fetch(`${running.url}/v1/audio/transcriptions`, {
      method: 'POST',
      body: form,
      headers: { authorization: `Bearer ${key}` },
    });
    expect(events.status).toBe(200);
    expect(events.headers.get('content-type')).toContain('text/event-stream');
    await events.text();
    const served = await post({ authorization: `Token ${key}` });
    const refused = await post({});
    for (const control of [
      events.headers.get('cache-control'),
      served.headers['cache-control'],
      refused.headers['cache-control'],
    ]) {
      expect(control).toBe('no-store');
    }
  });

  it('without a key says how to show one', async () => {
    const { status, headers } = await post({});
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toBe('Bearer realm="hearken", Token realm="hearken"');
  });
});
