import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FakeRecognizer, segment } from '../support/fake-recognizer.js';
import { handshakeHeaders, head, http2Offer, RawConnection } from '../support/raw-connection.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { until } from '../support/transcribe.js';

// What is answered here is answered around the model, for which a script stands in.
const clip = await readFile('test/fixtures/sense-and-sensibility-0880.wav');
const authorization = 'Token a-key';
const recognizer = new FakeRecognizer();
let running: RunningApp;
const connections: RawConnection[] = [];

beforeAll(async () => {
  const hash = createHash('sha256').update('a-key').digest('hex');
  running = await startApp({ API_KEYS: `a=${hash}`, MAX_CONNECTIONS: '40' }, recognizer);
});
afterAll(() => running.close());
beforeEach(() => {
  recognizer.script = { segments: [segment(0, 100, 900, 'Hello there.')] };
});
afterEach(() => {
  for (const connection of connections.splice(0)) connection.drop();
});

async function open(bytes: string | Uint8Array = ''): Promise<RawConnection> {
  const connection = await RawConnection.open(running.url, bytes);
  connections.push(connection);
  return connection;
}

const withBody = (line: string, headers: Record<string, string | number>, body: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(head(line, { 'content-length': body.length, ...headers })), body]);

describe('an offer of HTTP/2', () => {
  it.each(['h2c', 'H2C', 'h2c, TLS/1.0'])(
    '(%s) is answered by HTTP/1.1: GET, and POST with its body',
    async (upgrade) => {
      const offer = { ...http2Offer, upgrade, authorization };
      const get = await open(head('GET /v1/models', offer));
      await until(() => get.answer.includes('"data"'));
      expect(get.statuses).toEqual([200]);
      const post = await open(withBody('POST /v1/listen', { ...offer, 'content-type': 'audio/wav' }, clip));
      await until(() => post.answer.includes('Hello there.'));
      expect(post.statuses).toEqual([200]);
      // The connection goes on, with and without the offer.
      post.socket.write(head('GET /v1/models', offer));
      await until(() => post.statuses.length === 2);
      post.socket.write(head('GET /v1/models', { authorization }));
      await until(() => post.statuses.length === 3);
      expect(post.statuses).toEqual([200, 200, 200]);
    },
  );

  it('with a body in pieces that come slowly, and in chunks, is answered as well', async () => {
    const post = await open(
      head('POST /v1/listen', { ...http2Offer, authorization, 'transfer-encoding': 'chunked' }),
    );
    for (let at = 0; at < clip.length; at += 50_000) {
      const piece = clip.subarray(at, at + 50_000);
      post.socket.write(
        Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]),
      );
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    post.socket.write('0\r\n\r\n');
    await until(() => post.answer.includes('Hello there.'));
  });

  it('beside one of WebSocket leaves the WebSocket', async () => {
    const both = await open(
      head('GET /v1/listen?encoding=linear16&sample_rate=16000', {
        ...handshakeHeaders,
        upgrade: 'h2c, WebSocket',
        authorization,
      }),
    );
    await until(() => both.answer.includes('\r\n\r\n'));
    expect(both.statuses).toEqual([101]);
  });
});

describe('a request that is not a handshake', () => {
  const listen = 'GET /v1/listen?encoding=linear16&sample_rate=16000';
  const without = (name: keyof typeof handshakeHeaders): object =>
    Object.fromEntries(Object.entries(handshakeHeaders).filter(([key]) => key !== name));

  it.each([
    [
      'another method',
      head('POST /v1/listen', { ...handshakeHeaders, authorization }),
      405,
      'METHOD_NOT_ALLOWED',
    ],
    ['no key', head(listen, { ...without('sec-websocket-key'), authorization }), 400, 'INVALID_REQUEST'],
    [
      'no version',
      head(listen, { ...without('sec-websocket-version'), authorization }),
      400,
      'INVALID_REQUEST',
    ],
    [
      'an old version',
      head(listen, { ...handshakeHeaders, authorization, 'sec-websocket-version': 7 }),
      400,
      'INVALID_REQUEST',
    ],
    [
      'a name twice',
      head(listen, { ...handshakeHeaders, authorization, 'sec-websocket-protocol': 'a, a' }),
      400,
      'INVALID_REQUEST',
    ],
    ['another path', head('GET /v1/nothing', { ...handshakeHeaders, authorization }), 404, 'NOT_FOUND'],
  ])('%s is refused in the words of the path, with a request id', async (_what, request, status, code) => {
    const client = await open(request);
    await until(() => client.ended);
    expect(client.statuses).toEqual([status]);
    expect(client.answer).toMatch(/x-request-id: [0-9a-f-]{36}/);
    const body = JSON.parse(client.answer.split('\r\n\r\n')[1] ?? '') as Record<string, unknown>;
    if (request.includes('/v1/listen'))
      expect(Object.keys(body)).toEqual(['err_code', 'err_msg', 'request_id']);
    else expect(body['error']).toMatchObject({ code, type: 'invalid_request_error', param: null });
    expect(body['err_code'] ?? code).toBe(code);
  });
});

describe('a handshake behind a recording that is not answered yet', () => {
  it('is answered after it', async () => {
    recognizer.script = { segments: [segment(0, 100, 900, 'Hello there.')], delayMs: 300 };
    const client = await open(
      Buffer.concat([
        withBody('POST /v1/listen', { authorization, 'content-type': 'audio/wav' }, clip),
        Buffer.from(
          head('GET /v1/listen?encoding=linear16&sample_rate=16000', { ...handshakeHeaders, authorization }),
        ),
      ]),
    );
    await until(() => client.statuses.length === 2);
    expect(client.statuses).toEqual([200, 101]);
    expect(client.answer.indexOf('Hello there.')).toBeLessThan(client.answer.indexOf(' 101 '));
  });
});

describe('more connections than may be', () => {
  it('make room for new ones, and those that have a request stay', async () => {
    recognizer.script = { segments: [segment(0, 100, 900, 'Hello there.')], delayMs: 1_000 };
    const busy = await open(
      withBody('POST /v1/listen', { authorization, 'content-type': 'audio/wav' }, clip),
    );
    await until(() => recognizer.running === 1);
    const silent = await Promise.all(Array.from({ length: 100 }, () => open('GET / HTTP/1.1\r\n')));
    await until(() => silent.filter(({ socket }) => socket.readableEnded || socket.destroyed).length >= 80);
    expect((await fetch(`${running.url}/health/live`)).status).toBe(200);
    await until(() => busy.answer.includes('Hello there.'));
  });
});
