// @module-tag once
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DeepgramClient } from '@deepgram/sdk';
import { OpenAI } from 'openai';
import { OpenAIRealtimeWebSocket } from 'openai/realtime/websocket';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { chromiumPath, openBrowser } from '../support/browser.js';
import { FakeRecognizer } from '../support/fake-recognizer.js';
import { ListenClient } from '../support/listen-client.js';
import { RealtimeClient } from '../support/realtime-client.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';

const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');
const rows = [
  `server=${hashOf('server')} streams=1`,
  `recordings=${hashOf('recordings')} scopes=transcribe`,
  `flood=${hashOf('flood')} requests-per-minute=3`,
];

// OpenAI's client for browsers takes the global WebSocket, which Node 20 does not have, and always asks for TLS.
vi.stubGlobal(
  'WebSocket',
  class extends WebSocket {
    constructor(url: string | URL, protocols: string[]) {
      super(String(url).replace('wss:', 'ws:'), protocols);
    }
  },
);

let running: RunningApp;
beforeAll(async () => {
  running = await startApp({ API_KEYS: rows.join('\n'), MAX_STREAMS: '4' }, new FakeRecognizer());
});
afterAll(() => running.close());

const client = (apiKey: string) => new OpenAI({ apiKey, baseURL: `${running.url}/v1`, maxRetries: 0 });
const post = (path: string, key: string, body: unknown) =>
  fetch(`${running.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const create = (key: string, body: unknown) => post('/v1/realtime/client_secrets', key, body);
const silent = {
  type: 'transcription' as const,
  audio: { input: { turn_detection: null, transcription: { model: 'scripted-en', language: 'en' } } },
};

describe('POST /v1/realtime/client_secrets', () => {
  it('makes a secret with OpenAI’s client, with which its client for browsers opens a session as configured', async () => {
    const made = await client('server').realtime.clientSecrets.create({
      expires_after: { anchor: 'created_at', seconds: 60 },
      session: silent,
    });
    expect(made.value).toMatch(/^ek_/);
    expect(Math.abs(made.expires_at - Date.now() / 1_000 - 60)).toBeLessThan(5);
    const configured = { type: 'transcription', audio: { input: { turn_detection: null } } };
    expect(made.session).toMatchObject(configured);
    const socket = new OpenAIRealtimeWebSocket({ model: 'default' }, client(made.value));
    const created = await new Promise((resolve) => socket.on('session.created', resolve));
    expect(created).toMatchObject({ session: configured });
    // On its issuer's places, of which there is one.
    const check = await fetch(`${running.url}/v1/realtime`, { headers: { authorization: 'Bearer server' } });
    expect(check.status).toBe(429);
    socket.close();
    await expect
      .poll(
        async () =>
          (await fetch(`${running.url}/v1/realtime`, { headers: { authorization: 'Bearer server' } })).status,
      )
      .toBe(426);
  });

  it('has a default for everything', async () => {
    for (const body of ['', {}, { expires_after: null, session: null }]) {
      const response = await create('server', body);
      expect(response.status).toBe(200);
      const { expires_at: expiresAt } = (await response.json()) as { expires_at: number };
      expect(Math.abs(expiresAt - Date.now() / 1_000 - 600)).toBeLessThan(5);
    }
  });

  it.each([
    [{ expires_after: { anchor: 'created_at', seconds: 9 } }, 'INVALID_FIELD', 'expires_after.seconds'],
    [{ expires_after: { anchor: 'created_at', seconds: 7201 } }, 'INVALID_FIELD', 'expires_after.seconds'],
    [{ expires_after: { anchor: 'now' } }, 'INVALID_FIELD', 'expires_after.anchor'],
    [{ session: { type: 'realtime' } }, 'INVALID_FIELD', 'session.type'],
    [
      { session: { audio: { input: { transcription: { model: 'gpt-9' } } } } },
      'MODEL_NOT_FOUND',
      'session.audio.input.transcription.model',
    ],
    [
      { session: { audio: { input: { transcription: { prompt: 'x'.repeat(5_000) } } } } },
      'INVALID_FIELD',
      'session',
    ],
    [{ scopes: 'admin' }, 'INVALID_FIELD', 'scopes'],
    ['{', 'INVALID_REQUEST', null],
    ['[]', 'INVALID_REQUEST', null],
  ])('refuses %j', async (body, code, param) => {
    const response = await create('server', body);
    expect(response.status).toBeLessThan(500);
    expect(await response.json()).toMatchObject({ error: { code, param } });
  });

  it('needs a key with the scope of sockets, and a secret is no key', async () => {
    expect((await create('unknown', {})).status).toBe(401);
    expect((await create('recordings', {})).status).toBe(403);
    const { value } = (await (await create('server', {})).json()) as { value: string };
    for (const path of [
      '/v1/realtime/client_secrets',
      '/v1/auth/grant',
      '/v1/listen',
      '/v1/audio/transcriptions',
    ])
      expect((await post(path, value, {})).status).toBe(401);
    expect(
      (await fetch(`${running.url}/v1/models`, { headers: { authorization: `Bearer ${value}` } })).status,
    ).toBe(401);
  });

  it('makes as many as the key may send requests', async () => {
    const statuses = [];
    for (let made = 0; made < 4; made++) statuses.push((await create('flood', {})).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
  });
});

describe('POST /v1/auth/grant', () => {
  it('makes a token with Deepgram’s client, which opens /v1/listen and nothing else', async () => {
    const deepgram = new DeepgramClient({ apiKey: 'server', baseUrl: running.url });
    const { access_token: token, expires_in: seconds } = await deepgram.auth.v1.tokens.grant({
      ttl_seconds: 60,
    });
    expect(seconds).toBe(60);
    const listen = await ListenClient.open(running.url, '', { subprotocols: ['bearer', token] });
    expect(listen.socket.protocol).toBe('bearer');
    listen.socket.close();
    await listen.closed;
    const elsewhere = await fetch(`${running.url}/v1/realtime`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(elsewhere.status).toBe(401);
  });

  it.each<{ readonly seconds: unknown }>([
    { seconds: 3_601 },
    { seconds: 0 },
    { seconds: 1.5 },
    { seconds: true },
    { seconds: [30] },
    { seconds: { toString: 1 } },
    { seconds: { valueOf: null } },
  ])('makes no temporary token for $seconds seconds', async ({ seconds }) => {
    const refused = await post('/v1/auth/grant', 'server', { ttl_seconds: seconds });
    expect(refused.status).toBe(400);
  });

  it('has a default of 30 seconds, and refuses in Deepgram’s words', async () => {
    expect(await (await post('/v1/auth/grant', 'server', '')).json()).toMatchObject({ expires_in: 30 });
    const refused = await post('/v1/auth/grant', 'server', { ttl_seconds: 3_601 });
    expect([refused.status, await refused.json()]).toMatchObject([400, { err_code: 'INVALID_FIELD' }]);
    expect(await (await post('/v1/auth/grant', 'recordings', {})).json()).toMatchObject({
      err_code: 'INSUFFICIENT_PERMISSIONS',
    });
  });
});

describe('a socket with a secret', () => {
  it('is refused for a secret that is forged or made by nobody here', async () => {
    for (const secret of ['ek_forged', `ek_${'A'.repeat(200)}`]) {
      const refused = await fetch(`${running.url}/v1/realtime`, {
        headers: { authorization: `Bearer ${secret}` },
      });
      expect(refused.status).toBe(401);
    }
  });

  it('takes the secret in the Authorization header too', async () => {
    const { value } = (await (await create('server', { session: silent })).json()) as { value: string };
    const opened = await RealtimeClient.open(running.url, '', {
      headers: { authorization: `Bearer ${value}` },
    });
    expect(await opened.next('session.created')).toMatchObject({
      session: { audio: { input: { turn_detection: null } } },
    });
    opened.socket.close();
    await opened.closed;
  });

  it.skipIf(chromiumPath === undefined)(
    'opens in a browser (skipped where chromium is not on the path)',
    async () => {
      const { value } = (await (await create('server', { session: silent })).json()) as { value: string };
      const pages = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<p>'));
      await once(pages.listen(0, '127.0.0.1'), 'listening');
      const browser = await openBrowser('test/fixtures/sense-and-sensibility-0870.wav');
      try {
        const page = await browser.newPage();
        // A blank page may not connect to addresses of this machine.
        await page.goto(`http://127.0.0.1:${(pages.address() as AddressInfo).port}/`);
        const address = `${running.url.replace('http', 'ws')}/v1/realtime?intent=transcription`;
        const script = `new Promise((resolve) => {
        const socket = new WebSocket(${JSON.stringify(address)}, ['realtime', 'openai-insecure-api-key.${value}']);
        socket.onmessage = ({ data }) => { resolve([socket.protocol, JSON.parse(data).type]); socket.close(); };
        socket.onclose = ({ code }) => resolve(code);
      })`;
        await expect
          .poll(() => page.evaluate(script), { timeout: 10_000 })
          .toEqual(['realtime', 'session.created']);
      } finally {
        await browser.close();
        pages.close();
      }
    },
  );
});
