import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import OpenAI, { RateLimitError } from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SpeechError } from '../../src/common/errors/speech-error.js';
import { FakeRecognizer, segment } from '../support/fake-recognizer.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { chunk, formatChunk, riff, wav } from '../support/wav-writer.js';

// What is refused here is refused around the model: a script stands in for it, so that it can be slow and can fail.
const clip = readFile('test/fixtures/sense-and-sensibility-0880.wav');
const limitBytes = 200_000;
const keys = { search: 'first-key', app: 'second-key' };
const recognizer = new FakeRecognizer();
let running: RunningApp;

beforeAll(async () => {
  running = await startApp(
    {
      API_KEYS: Object.entries(keys)
        .map(([name, key]) => `${name}=${createHash('sha256').update(key).digest('hex')}`)
        .join(),
      MAX_UPLOAD_BYTES: String(limitBytes),
      MAX_AUDIO_SECONDS: '4',
      MAX_REQUESTS_PER_KEY: '2',
      REQUEST_TIMEOUT_MS: '2000',
    },
    recognizer,
  );
  // The first recording starts a thread, which costs some of the short time that a request has here.
  await send('/v1/listen', { body: await clip });
});
afterAll(() => running.close());
beforeEach(() => {
  recognizer.script = { segments: [segment(0, 100, 900, 'Hello there.')] };
});

type Body = NonNullable<RequestInit['body']>;

interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly headers: Headers;
}

async function answerOf(response: Response): Promise<Answer> {
  const body = (await response.json()) as { error?: { code: string }; err_code?: string };
  expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  return { status: response.status, code: body.error?.code ?? body.err_code, headers: response.headers };
}

interface Sending {
  readonly body?: Body;
  readonly key?: string | undefined;
  readonly headers?: Record<string, string>;
}

async function send(path: string, { body, key = keys.search, headers = {} }: Sending = {}): Promise<Answer> {
  const response = await fetch(`${running.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Token ${key}`, ...headers },
    ...(body === undefined ? {} : { body, duplex: 'half' }),
  });
  return answerOf(response);
}

function formWith(file: Uint8Array, name = 'file'): FormData {
  const form = new FormData();
  form.append(name, new Blob([Uint8Array.from(file)]), 'a.wav');
  return form;
}

/** Both ways in: OpenAI's form and Deepgram's raw body. */
const ways = [
  ['/v1/audio/transcriptions', (file: Uint8Array): Body => formWith(file), 415],
  ['/v1/listen', (file: Uint8Array): Body => Uint8Array.from(file), 400],
] as const;

describe.each(ways)('POST %s', (path, bodyOf, unsupportedFormat) => {
  const post = (file: Uint8Array, sending: Sending = {}) => send(path, { body: bodyOf(file), ...sending });

  it('takes a recording', async () => {
    expect((await post(await clip)).status).toBe(200);
  });

  it.each([
    ['without bytes', new Uint8Array(0), 400, 'AUDIO_EMPTY'],
    ['without samples', wav(new Uint8Array(0)), 400, 'AUDIO_EMPTY'],
    [
      'that is text',
      Buffer.from('this is no recording at all, only words'),
      unsupportedFormat,
      'AUDIO_UNSUPPORTED_FORMAT',
    ],
    [
      'of a format that is not taken',
      Buffer.from('OggS and then some bytes of it'),
      unsupportedFormat,
      'AUDIO_UNSUPPORTED_FORMAT',
    ],
    ['without the part that holds samples', riff(formatChunk()), 400, 'AUDIO_CORRUPT'],
    [
      'whose header contradicts itself',
      riff(chunk('fmt ', new Uint8Array(3)), chunk('data', new Uint8Array(9))),
      400,
      'AUDIO_CORRUPT',
    ],
    ['of 0 Hz', wav(new Uint8Array(3200), { sampleRate: 0 }), 400, 'AUDIO_INVALID_RATE'],
    [
      'of 0 channels',
      wav(new Uint8Array(3200), { channels: 0, blockBytes: 2 }),
      400,
      'AUDIO_INVALID_CHANNELS',
    ],
    [
      'that lasts too long',
      wav(new Uint8Array(5 * 8_000), { sampleRate: 8_000, bits: 8 }),
      413,
      'AUDIO_TOO_LONG',
    ],
  ])('refuses a recording %s', async (_what, file, status, code) => {
    expect(await post(file)).toMatchObject({ status, code });
  });

  it('takes an upload of as many bytes as the limit, and not one more', async () => {
    const padded = (bytes: number): Uint8Array => {
      const file = wav(new Uint8Array(32_000));
      return riff(
        formatChunk(),
        chunk('data', new Uint8Array(32_000)),
        chunk('junk', new Uint8Array(bytes - file.length - 8)),
      );
    };
    expect(padded(limitBytes).length).toBe(limitBytes);
    expect((await post(padded(limitBytes))).status).toBe(200);
    const over = new Uint8Array(limitBytes + 1);
    over.set(padded(limitBytes));
    expect(await post(over)).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' });
  });

  it('answers an upload far past the limit rather than resetting its connection', async () => {
    expect(await post(new Uint8Array(12_000_000))).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' });
  });

  it('counts the bytes of an upload that does not announce them', async () => {
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536)) });
    const head = '--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n';
    const [body, headers] =
      path === '/v1/listen'
        ? [endless, {}]
        : [startingWith(head, endless), { 'content-type': 'multipart/form-data; boundary=b' }];
    expect(await send(path, { body, headers })).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' });
  });

  it.each([undefined, 'Bearer wrong', 'Token ', 'Basic Zmlyc3Qta2V5'])(
    'refuses the authorization %j',
    async (authorization) => {
      const response = await fetch(`${running.url}${path}`, {
        method: 'POST',
        body: bodyOf(await clip),
        ...(authorization === undefined ? {} : { headers: { authorization } }),
      });
      expect(await answerOf(response)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    },
  );

  it('refuses a key’s third request before its upload is read, and serves other keys', async () => {
    recognizer.script = { segments: [segment(0, 0, 900, 'Hello.')], delayMs: 500 };
    const file = await clip;
    const two = [post(file), post(file)];
    await until(() => recognizer.running === 2);
    // Its upload never ends: whoever read it first would not answer.
    const third = await send(path, { body: stuckUpload() });
    expect(third).toMatchObject({ status: 429, code: 'TOO_MANY_REQUESTS' });
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await post(file, { key: keys.app })).status).toBe(200);
    expect((await Promise.all(two)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await post(file)).status).toBe(200);
  });

  it('answers in time when the work takes too long', async () => {
    recognizer.script = { segments: [segment(0, 0, 900, 'Hello.')], delayMs: 10_000 };
    expect(await post(await clip)).toMatchObject({ status: 503, code: 'DEADLINE_EXCEEDED' });
  });

  it('answers in time when the upload never ends', async () => {
    const headers = path === '/v1/listen' ? {} : { 'content-type': 'multipart/form-data; boundary=b' };
    expect(await send(path, { body: stuckUpload(), headers })).toMatchObject({
      status: 408,
      code: 'REQUEST_TIMEOUT',
    });
  });

  it('stops the work of a client that has gone', async () => {
    recognizer.script = { segments: [segment(0, 0, 900, 'Hello.')], delayMs: 800 };
    const before = recognizer.cancelled;
    const leaving = new AbortController();
    const request = fetch(`${running.url}${path}`, {
      method: 'POST',
      body: bodyOf(await clip),
      headers: { authorization: `Bearer ${keys.search}` },
      signal: leaving.signal,
    });
    await until(() => recognizer.running === 1);
    leaving.abort();
    await expect(request).rejects.toThrow();
    await until(() => recognizer.running === 0);
    expect(recognizer.cancelled).toBe(before + 1);
  });

  it('gives the place back of a client that leaves in the middle of its upload', async () => {
    for (let index = 0; index < 5; index++) await leaveMidway(path);
    await until(async () => (await post(await clip)).status === 200);
  });

  it.each([
    [new Error('the native library broke: secret words'), 500, 'INTERNAL'],
    [new SpeechError('INFERENCE_FAILED', 'secret words'), 500, 'INFERENCE_FAILED'],
    [new SpeechError('QUEUE_FULL', 'secret words'), 503, 'QUEUE_FULL'],
  ])('tells a failure by its code and nothing else: %s', async (failure, status, code) => {
    recognizer.script = { failure };
    const response = await fetch(`${running.url}${path}`, {
      method: 'POST',
      body: bodyOf(await clip),
      headers: { authorization: `Bearer ${keys.search}` },
    });
    expect(response.status).toBe(status);
    const text = await response.text();
    expect(text).toContain(code);
    expect(text).not.toContain('secret');
    expect(response.headers.get('retry-after') !== null).toBe(status === 503);
  });
});

describe('a stream of events', () => {
  it('that fails before its first event is an ordinary error, and after it an event', async () => {
    const body = async () => {
      const form = formWith(await clip);
      form.append('stream', 'true');
      return form;
    };
    recognizer.script = { failure: new SpeechError('INFERENCE_FAILED', 'x') };
    expect(await send('/v1/audio/transcriptions', { body: await body() })).toMatchObject({ status: 500 });
    recognizer.script = {
      segments: [segment(0, 0, 900, 'Hello.')],
      failure: new SpeechError('INFERENCE_FAILED', 'x'),
    };
    const client = new OpenAI({ baseURL: `${running.url}/v1`, apiKey: keys.search, maxRetries: 0 });
    const stream = await client.audio.transcriptions.create({
      file: new File([Uint8Array.from(await clip)], 'a.wav'),
      model: 'default',
      stream: true,
    });
    const heard: string[] = [];
    const reading = (async () => {
      for await (const event of stream) if (event.type === 'transcript.text.delta') heard.push(event.delta);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'INFERENCE_FAILED' });
    expect(heard).toEqual(['Hello.']);
  });
});

describe('OpenAI’s client', () => {
  it('sees a rate limit, waits for the time in the answer, and succeeds', async () => {
    recognizer.script = { segments: [segment(0, 0, 900, 'Hello.')], delayMs: 600 };
    const file = await clip;
    const two = [send('/v1/listen', { body: file }), send('/v1/listen', { body: file })];
    await until(() => recognizer.running === 2);
    const create = (maxRetries: number) =>
      new OpenAI({
        baseURL: `${running.url}/v1`,
        apiKey: keys.search,
        maxRetries,
      }).audio.transcriptions.create({
        file: new File([Uint8Array.from(file)], 'a.wav'),
        model: 'default',
      });
    await expect(create(0)).rejects.toBeInstanceOf(RateLimitError);
    expect((await create(2)).text).toBe('Hello.');
    await Promise.all(two);
  });
});

describe('what is not a request', () => {
  const key = { authorization: `Bearer ${keys.search}` };

  it.each([
    ['no file', () => new FormData(), 'FILE_MISSING'],
    ['a file of another name', async () => formWith(await clip, 'audio'), 'FILE_MISSING'],
  ])('a form with %s has its code', async (_what, body, code) => {
    expect(await send('/v1/audio/transcriptions', { body: await body() })).toMatchObject({
      status: 400,
      code,
    });
  });

  it.each([
    ['multipart/form-data; boundary=b', 'garbage without any boundary', 400, 'INVALID_REQUEST'],
    [
      'multipart/form-data; boundary=b',
      '--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nhalf',
      400,
      'INVALID_REQUEST',
    ],
    ['multipart/form-data', 'no boundary named', 400, 'INVALID_REQUEST'],
    [
      'multipart/form-data; boundary=b',
      `--b\r\ncontent-disposition: form-data; name="__proto__"\r\n\r\nx\r\n--b--\r\n`,
      400,
      'INVALID_REQUEST',
    ],
    ['application/json', '{"model":', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['not a type', 'x', 415, 'UNSUPPORTED_MEDIA_TYPE'],
  ])('a body of type %j that is %j has its code', async (contentType, body, status, code) => {
    const answer = await send('/v1/audio/transcriptions', { body, headers: { 'content-type': contentType } });
    expect(answer).toMatchObject({ status, code });
  });

  it('a form with a long part without a name is answered', async () => {
    const body = `--b\r\nx: y\r\n\r\n${'a'.repeat(100_000)}\r\n--b--\r\n`;
    const headers = { 'content-type': 'multipart/form-data; boundary=b' };
    const answer = await send('/v1/audio/transcriptions', { body, headers });
    expect(answer).toMatchObject({ status: 400, code: 'FILE_MISSING' });
  });

  it('a path that is the pattern of a route is answered with a request id', async () => {
    const answer = await rawAnswer('GET *v1/models HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 404 [\s\S]*x-request-id: /);
  });

  it('a path that is not there, or not for this method, has its code', async () => {
    const get = async (path: string) => answerOf(await fetch(`${running.url}${path}`, { headers: key }));
    expect(await get('/v1/nothing')).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect(await get('/%zz')).toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
    for (const path of ['/*', '/v1/*audio/', '/v1/models/:id/(', '/v1/(.*)/x']) {
      expect(await get(path)).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    }
    const wrongMethod = await get('/v1/audio/transcriptions');
    expect(wrongMethod).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' });
    expect(wrongMethod.headers.get('allow')).toBe('POST');
  });

  it('bytes that are not HTTP get a 400 that says so', async () => {
    expect(await rawAnswer('\x00\x01\x02 nonsense\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 [\s\S]*INVALID_REQUEST/,
    );
  });
});

/** Sends the head of a request and some of its body, and closes the connection. */
async function leaveMidway(path: string): Promise<void> {
  const { hostname, port } = new URL(running.url);
  const socket = connect(Number(port), hostname);
  const type = path === '/v1/listen' ? 'audio/wav' : 'multipart/form-data; boundary=b';
  const head = `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Token ${keys.search}\r\ncontent-type: ${type}\r\ncontent-length: 9999\r\n\r\n`;
  const start = '--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nsome bytes';
  await new Promise<void>((resolve) => socket.write(head + start, () => resolve()));
  await new Promise((resolve) => setTimeout(resolve, 20));
  socket.destroy();
}

async function rawAnswer(bytes: string): Promise<string> {
  const { hostname, port } = new URL(running.url);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.on('data', (data: Buffer) => (answer += data.toString()));
  socket.write(bytes);
  await new Promise((resolve) => socket.once('close', resolve));
  return answer;
}

/** Some bytes, and then nothing for ever. */
function stuckUpload(): ReadableStream {
  return new ReadableStream({
    start: (controller) => controller.enqueue(new Uint8Array(100)),
    pull: () => new Promise(() => undefined),
  });
}

function startingWith(head: string, rest: ReadableStream): ReadableStream {
  let begun = false;
  const reader = rest.getReader();
  return new ReadableStream({
    async pull(controller) {
      if (!begun) controller.enqueue(new TextEncoder().encode(head));
      else controller.enqueue((await reader.read()).value);
      begun = true;
    },
  });
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it did not come to hold in three seconds');
}
