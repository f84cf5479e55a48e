import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeRecognizer } from '../support/fake-recognizer.js';
import { handshakeHeaders, plainRequest } from '../support/plain-request.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';

const key = 'key-of-a-handshake';
const raw = '/v1/listen?encoding=linear16&sample_rate=16000';

let running: RunningApp;
beforeAll(async () => {
  running = await startApp(
    {
      API_KEYS: `page=${createHash('sha256').update(key).digest('hex')}`,
      ALLOWED_ORIGINS: 'https://app.example.com',
    },
    new FakeRecognizer(),
  );
});
afterAll(() => running.close());

const authorization = `Token ${key}`;
const ask = (path: string, headers: Record<string, string>): ReturnType<typeof plainRequest> =>
  plainRequest(running.url + path, headers);

describe('a plain GET of a WebSocket’s path', () => {
  it.each([raw, '/v1/realtime', '/v1/realtime?intent=transcription&model=default'])(
    'to %s says that it is one, and that the handshake would be accepted',
    async (path) => {
      const { status, headers, body } = await ask(path, { authorization });
      expect(status).toBe(426);
      expect(headers.upgrade).toBe('websocket');
      expect(body).toMatch(/UPGRADE_REQUIRED/);
      expect(body).toMatch(/is a WebSocket.*would be accepted/);
    },
  );

  it.each<[string, Record<string, string>]>([
    [raw, {}],
    [raw, { authorization: 'Token wrong' }],
    [raw, { authorization, origin: 'https://evil.example' }],
    [`${raw}&model=nothing`, { authorization }],
    [`${raw}&diarize=true`, { authorization }],
    [`${raw}&language=de`, { authorization }],
    ['/v1/listen?encoding=g729&sample_rate=8000', { authorization }],
    ['/v1/listen?encoding=linear16', { authorization }],
    [`${raw}&multichannel=true&channels=5`, { authorization }],
    ['/v1/realtime', {}],
    ['/v1/realtime?intent=conversation', { authorization }],
    ['/v1/realtime?model=nothing', { authorization }],
    ['/v1/realtime?call_id=1', { authorization }],
  ])('to %s with %o is refused as the handshake is', async (path, headers) => {
    const plain = await ask(path, headers);
    const upgrade = await ask(path, { ...handshakeHeaders, ...headers });
    const withoutId = (text: string): string => text.replace(/"request_id":"[^"]*"/, '');
    expect(plain.status).toBeGreaterThanOrEqual(400);
    expect(plain.status).not.toBe(426);
    expect([plain.status, withoutId(plain.body)]).toEqual([upgrade.status, withoutId(upgrade.body)]);
  });

  it('takes no place', async () => {
    for (let asked = 0; asked < 10; asked++) expect((await ask(raw, { authorization })).status).toBe(426);
  });

  it('can be read by a page that ALLOWED_ORIGINS names', async () => {
    const origin = 'https://app.example.com';
    const { status, headers } = await ask(raw, { origin });
    expect([status, headers['access-control-allow-origin']]).toEqual([401, origin]);
  });
});

describe('a handshake at another path', () => {
  it.each(['/v1/nothing', '/v2/listen'])('%s gets a list of the known paths', async (path) => {
    const { status, body } = await ask(path, handshakeHeaders);
    expect(status).toBe(404);
    expect(JSON.parse(body)).toMatchObject({
      error: {
        code: 'NOT_FOUND',
        type: 'invalid_request_error',
        param: null,
        message: expect.stringMatching(/\/v1\/listen/) as string,
      },
    });
    expect(body).toContain('/v1/realtime');
  });
});
