import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Recognizer } from '../../src/recognition/recognizer.js';
import { StreamPlaces } from '../../src/transports/shared/stream-places.js';
import { FakeRecognizer } from '../support/fake-recognizer.js';
import { ListenClient, refusalOf } from '../support/listen-client.js';
import { fixtureRecordings } from '../support/recordings.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { until } from '../support/transcribe.js';
import { wordsOf } from '../support/words.js';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const raw = 'encoding=linear16&sample_rate=16000';
const [speech] = await fixtureRecordings();
const pcm = speech?.pcm ?? new Uint8Array(0);

let running: RunningApp;
const clients: ListenClient[] = [];

async function open(
  query: string,
  options: Parameters<typeof ListenClient.open>[2] = {},
): Promise<ListenClient> {
  const client = await ListenClient.open(running.url, query, options);
  clients.push(client);
  return client;
}

afterEach(() => {
  for (const client of clients.splice(0)) {
    client.socket.terminate();
    expect(client.faults).toEqual([]);
  }
});

describe('a handshake', () => {
  beforeAll(async () => {
    running = await startApp();
  });
  afterAll(() => running.close());
  it('answers with the id of the request and the limits', async () => {
    const client = await open(raw, { headers: { 'x-request-id': 'call-17' } });
    expect(await client.headers()).toMatchObject({
      'dg-request-id': expect.stringMatching(uuid) as string,
      'x-request-id': 'call-17',
      'hearken-max-session-seconds': '14400',
      'hearken-idle-timeout-seconds': '10',
      'hearken-transcript-convention': '1',
    });
    await client.finish();
    const { 'dg-request-id': id } = await client.headers();
    expect(client.of('Metadata')[0]?.request_id).toBe(id);
  });

  it.each([
    ['encoding=linear16', 400, 'INVALID_FIELD'],
    ['encoding=linear16&sample_rate=7999', 400, 'AUDIO_INVALID_RATE'],
    ['encoding=linear16&sample_rate=192001', 400, 'AUDIO_INVALID_RATE'],
    ['encoding=linear16&sample_rate=fast', 400, 'INVALID_FIELD'],
    [`${raw}&channels=9`, 400, 'AUDIO_INVALID_CHANNELS'],
    ['encoding=g729&sample_rate=8000', 400, 'AUDIO_UNSUPPORTED_FORMAT'],
    [`${raw}&utterance_end_ms=1000`, 400, 'INVALID_FIELD'],
    [`${raw}&interim_results=true&utterance_end_ms=900`, 400, 'INVALID_FIELD'],
    [`${raw}&diarize=true`, 400, 'UNSUPPORTED_FEATURE'],
    [`${raw}&redact=pci&redact=numbers`, 400, 'UNSUPPORTED_FEATURE'],
    [`${raw}&language=de`, 400, 'UNSUPPORTED_FEATURE'],
    [`${raw}&model=nova-3`, 400, 'MODEL_NOT_FOUND'],
  ])('with ?%s is refused, and told why wherever a client looks', async (query, status, code) => {
    const headersOfGateway = { 'x-request-id': 'gateway-42' };
    const { headers, body, ...refusal } = await refusalOf(running.url, query, { headers: headersOfGateway });
    expect(refusal.status).toBe(status);
    expect(headers['dg-error']).toBe(`${code}: ${body.err_msg}`);
    expect(`${code}: ${body.err_msg}`.startsWith(refusal.reason)).toBe(true);
    expect(headers['x-request-id']).toBe('gateway-42');
    expect(headers['dg-request-id']).toMatch(uuid);
    expect(body).toEqual({
      err_code: code,
      err_msg: expect.any(String) as string,
      request_id: headers['dg-request-id'],
    });
  });
});

describe('with API keys', () => {
  const key = 'key-of-a-live-test';
  beforeAll(async () => {
    running = await startApp({ API_KEYS: `search=${createHash('sha256').update(key).digest('hex')}` });
  });
  afterAll(() => running.close());

  it.each([
    ['a header of scheme Token', { headers: { authorization: `Token ${key}` } }, ''],
    ['a header of scheme Bearer', { headers: { authorization: `Bearer ${key}` } }, ''],
    ['the subprotocol token', { subprotocols: ['token', key, 'x-deepgram-session-id', 'abc'] }, 'token'],
    ['the subprotocol bearer', { subprotocols: ['bearer', key] }, 'bearer'],
  ])('a key in %s opens a stream', async (_what, options, echoed) => {
    const client = await open(raw, options);
    expect(client.socket.protocol).toBe(echoed);
    expect((await client.finish()).code).toBe(1000);
  });

  it.each([
    ['no key', {}],
    ['another key', { headers: { authorization: 'Token other' } }],
    ['another key as a subprotocol', { subprotocols: ['token', 'other'] }],
    ['a subprotocol without a key', { subprotocols: ['token'] }],
    [
      'a wrong header, whatever the subprotocol',
      { headers: { authorization: 'Token other' }, subprotocols: ['token', key] },
    ],
  ])('%s is refused with 401', async (_what, options) => {
    const { status, headers, body } = await refusalOf(running.url, raw, options);
    expect(status).toBe(401);
    expect(headers['dg-error']).toMatch(/^UNAUTHENTICATED: /);
    expect(body.err_code).toBe('UNAUTHENTICATED');
  });
});

describe('places', () => {
  it('are as many as there are, one for each channel; then 503 says when to try again', async () => {
    running = await startApp({ MAX_STREAMS: '2' });
    const multichannel = `${raw}&multichannel=true`;
    expect((await refusalOf(running.url, `${multichannel}&channels=3`)).status).toBe(503);
    const client = await open(`${multichannel}&channels=2`);
    const { status, headers, body } = await refusalOf(running.url, raw);
    expect(status).toBe(503);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(body.err_code).toBe('NO_CAPACITY');
    await client.finish();
    await until(() => running.app.get(StreamPlaces).used === 0);
    expect((await (await open(raw)).finish()).code).toBe(1000);
    await running.close();
  });

  it('of one key have their own limit, which answers 429', async () => {
    running = await startApp({ MAX_REQUESTS_PER_KEY: '1', MAX_STREAMS_PER_KEY: '1' });
    await open(raw);
    const { status, headers, body } = await refusalOf(running.url, raw);
    expect(status).toBe(429);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(body.err_code).toBe('TOO_MANY_REQUESTS');
    clients[0]?.socket.terminate();
    await running.close();
  });
});

describe('the places of a socket', () => {
  beforeAll(async () => {
    running = await startApp();
  });
  afterAll(() => running.close());

  it.each([
    ['closed', (client: ListenClient): void => client.socket.close()],
    ['torn off', (client: ListenClient): void => client.socket.terminate()],
    ['half closed', (client: ListenClient): void => client.endOutput()],
  ])('are given back when the socket is %s in the middle of a word', async (_how, leave) => {
    const client = await open(raw);
    client.send(pcm.subarray(0, 2 * 32_000));
    const recognizer = running.app.get(Recognizer);
    await until(() => recognizer.liveStreams.open === 1);
    leave(client);
    await until(() => recognizer.liveStreams.open === 0 && running.app.get(StreamPlaces).used === 0);
  });
});

describe('time', () => {
  it('without audio or KeepAlive ends a stream with NET-0001, after its finals', async () => {
    running = await startApp({ LISTEN_IDLE_TIMEOUT_MS: '1000' });
    const client = await open(raw);
    client.send(pcm.subarray(0, pcm.length >> 1));
    const { code, reason } = await client.closed;
    expect(code).toBe(1011);
    expect(reason).toMatch(/^NET-0001/);
    expect(wordsOf(client.text()).length).toBeGreaterThan(4);
    expect(client.messages.at(-1)?.type).toBe('Metadata');
    await running.close();
  });

  it('goes on with KeepAlive', async () => {
    running = await startApp({ LISTEN_IDLE_TIMEOUT_MS: '1000' });
    const [kept, left] = await Promise.all([open(raw), open(raw)]);
    const timer = setInterval(() => kept.send({ type: 'KeepAlive' }), 200);
    expect((await left.closed).code).toBe(1011);
    expect(kept.socket.readyState).toBe(kept.socket.OPEN);
    clearInterval(timer);
    expect((await kept.finish()).code).toBe(1000);
    await running.close();
  });

  it('ends with NET-0001 without audio, whatever else comes', async () => {
    running = await startApp({ AUDIO_IDLE_TIMEOUT_MS: '3000' });
    const [silent, speaking] = await Promise.all([open(raw), open(raw)]);
    const timer = setInterval(() => {
      silent.send({ type: 'KeepAlive' });
      speaking.send(pcm.subarray(0, 3_200));
    }, 200);
    const { code, reason } = await silent.closed;
    expect(code).toBe(1011);
    expect(reason).toMatch(/^NET-0001: no audio/);
    expect(speaking.socket.readyState).toBe(speaking.socket.OPEN);
    clearInterval(timer);
    expect((await speaking.finish()).code).toBe(1000);
    await running.close();
  });

  it('is bounded: the finals so far are sent, and the client may come back', async () => {
    running = await startApp({ MAX_STREAM_SECONDS: '2' });
    const client = await open(raw);
    client.send(pcm.subarray(0, pcm.length >> 1));
    const { code, reason } = await client.closed;
    expect(code).toBe(1001);
    expect(reason).not.toBe('');
    expect(wordsOf(client.text()).length).toBeGreaterThan(4);
    expect(client.messages.at(-1)?.type).toBe('Metadata');
    await running.close();
  });
});

describe('a failure of ours', () => {
  it('is reported with its code and the request id, without internals', async () => {
    // The scripted recognizer throws where a stream is opened.
    running = await startApp({}, new FakeRecognizer());
    const client = await open(raw);
    client.send(pcm);
    expect(await client.closed).toEqual({ code: 1011, reason: 'INTERNAL' });
    expect(client.messages).toEqual([
      expect.objectContaining({
        type: 'Error',
        code: 'INTERNAL',
        request_id: (await client.headers())['dg-request-id'],
      }),
    ]);
    expect(JSON.stringify(client.messages)).not.toContain('recognizer');
    await running.close();
  });
});
