import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FakeRecognizer, segment } from '../support/fake-recognizer.js';
import { handshakeHeaders, head, RawConnection } from '../support/raw-connection.js';
import { RecordingLoad } from '../../src/transports/shared/recording-load.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { until } from '../support/transcribe.js';

const clip = await readFile('test/fixtures/sense-and-sensibility-0880.wav');
const authorization = 'Token a-key';
const recognizer = new FakeRecognizer();
recognizer.script = { segments: [segment(0, 100, 900, 'Hello there.')] };
const connections: RawConnection[] = [];
let running: RunningApp;

beforeAll(async () => {
  const hash = createHash('sha256').update('a-key').digest('hex');
  running = await startApp({ API_KEYS: `a=${hash}`, MAX_UPLOAD_BYTES: '2000000' }, recognizer);
});
afterAll(() => running.close());
afterEach(() => {
  for (const connection of connections.splice(0)) connection.drop();
});

async function open(bytes: string | Uint8Array): Promise<RawConnection> {
  const connection = await RawConnection.open(running.url, bytes);
  connections.push(connection);
  return connection;
}

const bodyOf = ({ answer }: RawConnection): Record<string, unknown> =>
  JSON.parse(answer.slice(answer.lastIndexOf('\r\n\r\n') + 4)) as Record<string, unknown>;
const crlf = (...lines: readonly string[]): string => [...lines, '', ''].join('\r\n');

describe('a request with a head that is not right', () => {
  it.each([
    ['no Host', crlf('POST PATH HTTP/1.1', 'content-length: 0'), 400, 'INVALID_REQUEST'],
    [
      'two Hosts',
      crlf('POST PATH HTTP/1.1', 'host: a', 'host: b', 'content-length: 0'),
      400,
      'INVALID_REQUEST',
    ],
    [
      'a Host with a path',
      crlf('POST PATH HTTP/1.1', 'host: a/b', 'content-length: 0'),
      400,
      'INVALID_REQUEST',
    ],
    [
      'a list of Hosts',
      crlf('POST PATH HTTP/1.1', 'host: a, b', 'content-length: 0'),
      400,
      'INVALID_REQUEST',
    ],
    ['version 2.0', crlf('POST PATH HTTP/2.0', 'host: a', 'content-length: 0'), 400, 'INVALID_REQUEST'],
    ['version 0.9', crlf('POST PATH HTTP/0.9', 'host: a', 'content-length: 0'), 400, 'INVALID_REQUEST'],
    [
      'a body in chunks that are none',
      head('POST PATH', { authorization, 'transfer-encoding': 'chunked' }) + 'hello\r\n',
      400,
      'INVALID_REQUEST',
    ],
    [
      'an unknown expectation',
      head('POST PATH', { expect: 'tea', 'content-length': 9 }),
      417,
      'EXPECTATION_FAILED',
    ],
    [
      'an unreadable path',
      head('POST PATH/%zz', { authorization, 'content-length': 0 }),
      400,
      'INVALID_REQUEST',
    ],
    ['an unreadable version', crlf('POST PATH HTTP/9.x', 'host: a'), 400, 'INVALID_REQUEST'],
    ['an unreadable header', crlf('POST PATH HTTP/1.1', 'host: a', 'no colon'), 400, 'INVALID_REQUEST'],
    ['an unreadable length', head('POST PATH', { 'content-length': 'many' }), 400, 'INVALID_REQUEST'],
  ])('(%s) is refused in the shape of the protocol', async (_what, request, status, code) => {
    for (const path of ['/v1/listen', '/v1/audio/transcriptions']) {
      const client = await open(request.replace('PATH', path));
      await until(() => client.answer.endsWith('}'));
      expect(client.statuses).toEqual([status]);
      expect(client.answer).toMatch(/x-request-id: [0-9a-f-]{36}/);
      const body = bodyOf(client);
      if (path === '/v1/listen') {
        expect(body).toEqual({
          err_code: code,
          err_msg: expect.stringMatching(/\.$/) as string,
          request_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        });
        expect(client.answer).toMatch(/dg-error: /i);
      } else expect(body['error']).toMatchObject({ code, type: 'invalid_request_error', param: null });
    }
  });

  it('is refused in the shape of the protocol where its body breaks later, with its own id', async () => {
    const upload = { authorization, 'transfer-encoding': 'chunked', 'x-request-id': 'an-id' };
    const client = await open(head('POST /v1/listen', upload) + '5\r\nhello\r\n');
    await new Promise((resolve) => setTimeout(resolve, 100));
    client.socket.write('no chunk\r\n');
    await until(() => client.answer.endsWith('}'));
    expect(client.statuses).toEqual([400]);
    expect(client.answer).toContain('x-request-id: an-id\r\n');
    expect(bodyOf(client)).toMatchObject({ err_code: 'INVALID_REQUEST' });
  });

  it('is refused after the answer to the request before it', async () => {
    recognizer.script = { segments: [segment(0, 100, 900, 'Hello there.')], delayMs: 300 };
    const upload = head('POST /v1/listen', { authorization, 'content-length': clip.length });
    const broken = crlf('POST /v1/audio/transcriptions HTTP/1.1', 'no colon');
    const client = await open(Buffer.concat([Buffer.from(upload), clip, Buffer.from(broken)]));
    await until(() => client.statuses.length === 2);
    expect(client.statuses).toEqual([200, 400]);
    expect(client.answer.indexOf('Hello there.')).toBeLessThan(client.answer.indexOf(' 400 '));
    recognizer.script = { segments: [segment(0, 100, 900, 'Hello there.')] };
  });

  it('has the shape of the first protocol at a path that only begins like that of another', async () => {
    const client = await open(head('POST /v1/listenx', { authorization, 'content-length': 0 }));
    await until(() => client.answer.endsWith('}'));
    expect(bodyOf(client)['error']).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is taken without a Host where the version is 1.0', async () => {
    const client = await open(crlf('GET /v1/models HTTP/1.0', `authorization: ${authorization}`));
    await until(() => client.answer.includes('"data"'));
    expect(client.statuses).toEqual([200]);
  });

  it('is taken with an empty Host, as Deepgram’s client for Go sends it', async () => {
    const client = await open(crlf('GET /v1/models HTTP/1.1', 'host:', `authorization: ${authorization}`));
    await until(() => client.answer.includes('"data"'));
    expect(client.statuses).toEqual([200]);
  });

  it('is refused as a handshake too', async () => {
    const headers = Object.entries(handshakeHeaders).map(([name, value]) => `${name}: ${value}`);
    const client = await open(crlf('GET /v1/listen HTTP/1.1', ...headers));
    await until(() => client.ended);
    expect(client.statuses).toEqual([400]);
    expect(bodyOf(client)).toMatchObject({ err_code: 'INVALID_REQUEST' });
  });
});

describe('a body that drips', () => {
  it('is refused, and a slow one is not', async () => {
    const type = { authorization, 'content-type': 'audio/wav' };
    const dripping = await open(head('POST /v1/listen', { ...type, 'content-length': 1_000_000 }));
    const slow = await open(head('POST /v1/listen', { ...type, 'content-length': clip.length }));
    let sent = 0;
    const timer = setInterval(() => {
      dripping.socket.write('x');
      slow.socket.write(clip.subarray(sent, sent + 1_000));
      sent += 1_000;
    }, 250);
    await until(() => dripping.answer.endsWith('}'), 30);
    clearInterval(timer);
    expect(dripping.statuses).toEqual([408]);
    expect(bodyOf(dripping)).toMatchObject({ err_code: 'REQUEST_TIMEOUT' });
    expect(slow.answer).toBe('');
    slow.socket.write(clip.subarray(sent));
    await until(() => slow.answer.includes('Hello there.'));
  });
});

describe('a form whose fields drip', () => {
  const boundary = '--b\r\n';
  const fieldOf = (name: string, value: string): string =>
    `${boundary}content-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const file = Buffer.concat([
    Buffer.from(`${boundary}content-disposition: form-data; name="file"; filename="a.wav"\r\n\r\n`),
    clip,
    Buffer.from('\r\n'),
  ]);
  const openForm = async (bytes: Uint8Array): Promise<RawConnection> => {
    const type = 'multipart/form-data; boundary=b';
    const headers = { authorization, 'content-type': type, 'transfer-encoding': 'chunked' };
    return open(Buffer.concat([Buffer.from(head('POST /v1/audio/transcriptions', headers)), chunkOf(bytes)]));
  };
  const chunkOf = (bytes: Uint8Array): Buffer =>
    Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
  /** Faster than the least rate of a body. */
  const drip = (client: RawConnection): void => {
    client.socket.write(chunkOf(Buffer.from(fieldOf('response_format', 'json').padEnd(1_000, ' '))));
  };

  it('after its file or before makes nobody wait, and is refused after half a minute', async () => {
    const load = running.app.get(RecordingLoad);
    const dripping = [
      await openForm(file),
      await openForm(file),
      await openForm(Buffer.from(fieldOf('model', 'default'))),
    ];
    await until(() => load.waiting === 3);
    const timer = setInterval(() => dripping.forEach(drip), 500);
    await until(() => load.waiting === 0);
    // A file may take longer, and be before or after its fields.
    const slow = await openForm(
      Buffer.concat([Buffer.from(fieldOf('model', 'default')), file.subarray(0, 9_000)]),
    );
    let sent = 9_000;
    const slowTimer = setInterval(() => {
      slow.socket.write(chunkOf(file.subarray(sent, sent + 1_000)));
      sent += 1_000;
    }, 500);
    const answered = (client: RawConnection): boolean => client.answer.endsWith('}');
    await until(() => dripping.every(answered), 40);
    clearInterval(timer);
    clearInterval(slowTimer);
    for (const client of dripping) {
      expect(client.statuses).toEqual([408]);
      expect(bodyOf(client)).toMatchObject({ error: { code: 'REQUEST_TIMEOUT' } });
    }
    expect(slow.answer).toBe('');
    slow.socket.write(chunkOf(Buffer.concat([file.subarray(sent), Buffer.from('--b--\r\n')])));
    slow.socket.write('0\r\n\r\n');
    await until(() => answered(slow));
    expect(slow.answer).toContain('Hello there.');
  });
});

describe('a client that waits for 100 Continue', () => {
  const expecting = { expect: '100-continue', 'content-type': 'audio/wav' };

  it('is asked for its body once its key and its length are checked, and answered', async () => {
    const client = await open(
      head('POST /v1/listen', { ...expecting, authorization, 'content-length': clip.length }),
    );
    await until(() => client.statuses.length === 1);
    expect(client.statuses).toEqual([100]);
    client.socket.write(clip);
    await until(() => client.answer.includes('Hello there.'));
    expect(client.statuses).toEqual([100, 200]);
  });

  it('is not asked where it speaks HTTP 1.0, which does not know that', async () => {
    const request = head('POST /v1/listen', { ...expecting, authorization, 'content-length': clip.length });
    const client = await open(Buffer.concat([Buffer.from(request.replace('HTTP/1.1', 'HTTP/1.0')), clip]));
    await until(() => client.answer.includes('Hello there.'));
    expect(client.statuses).toEqual([200]);
  });

  it('is asked for a form as well', async () => {
    const [begin, end] = [
      '--b\r\ncontent-disposition: form-data; name="file"; filename="a.wav"\r\n\r\n',
      '\r\n--b--\r\n',
    ];
    const client = await open(
      head('POST /v1/audio/transcriptions', {
        ...expecting,
        authorization,
        'content-type': 'multipart/form-data; boundary=b',
        'content-length': begin.length + clip.length + end.length,
      }),
    );
    await until(() => client.statuses.length === 1);
    client.socket.write(Buffer.concat([Buffer.from(begin), clip, Buffer.from(end)]));
    await until(() => client.answer.includes('Hello there.'));
    expect(client.statuses).toEqual([100, 200]);
  });

  it.each([
    ['a wrong key', { authorization: 'Token wrong', 'content-length': clip.length }, 401, 'UNAUTHENTICATED'],
    ['too long a body', { authorization, 'content-length': 2_000_001 }, 413, 'BODY_TOO_LARGE'],
    [
      'another type',
      { authorization, 'content-type': 'application/json', 'content-length': 9 },
      400,
      'UNSUPPORTED_FEATURE',
    ],
  ])('is refused for %s before it sends its body', async (_what, headers, status, code) => {
    const client = await open(head('POST /v1/listen', { ...expecting, ...headers }));
    await until(() => client.ended);
    expect(client.statuses).toEqual([status]);
    expect(client.answer).toMatch(/connection: close/i);
    expect(bodyOf(client)).toMatchObject({ err_code: code });
  });
});
