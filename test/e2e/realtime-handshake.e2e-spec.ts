import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { FakeRecognizer } from '../support/fake-recognizer.js';
import { RealtimeClient } from '../support/realtime-client.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';

let running: RunningApp;
beforeAll(async () => {
  const hash = createHash('sha256').update('secret').digest('hex');
  running = await startApp({ API_KEYS: `phone=${hash}`, MAX_STREAMS: '3' }, new FakeRecognizer());
});
afterAll(() => running.close());

const authorized = { headers: { authorization: 'Bearer secret' } };

/** The HTTP answer to a handshake that is refused. */
async function refusal(
  query: string,
  headers: Record<string, string> = authorized.headers,
  subprotocols: string[] = [],
) {
  const socket = new WebSocket(`${running.url.replace('http', 'ws')}/v1/realtime${query}`, subprotocols, {
    headers,
  });
  socket.on('error', () => undefined);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return {
    status: response.statusCode,
    requestId: response.headers['x-request-id'],
    retry: response.headers['retry-after'],
    ...(JSON.parse(Buffer.concat(chunks).toString()) as { error: Record<string, unknown> }),
  };
}

describe('the handshake of /v1/realtime', () => {
  it.each([
    '',
    '?intent=transcription',
    '?model=scripted-en',
    '?model=default&intent=transcription',
    '?model=',
    '?model=&intent=&call_id=',
  ])('takes “%s”', async (query) => {
    const client = await RealtimeClient.open(running.url, query, authorized);
    const { session } = await client.next('session.created');
    expect(session).toMatchObject({ audio: { input: { transcription: { model: 'scripted-en' } } } });
    expect(client.socket.protocol).toBe('');
    await client.close();
  });

  it.each([
    [['realtime', 'openai-insecure-api-key.secret']],
    [['openai-insecure-api-key.secret', 'realtime', 'openai-beta.realtime-v1']],
  ])('takes the key of a browser among %j, and echoes realtime alone', async (subprotocols) => {
    const client = await RealtimeClient.open(running.url, '?intent=transcription', { subprotocols });
    expect(client.socket.protocol).toBe('realtime');
    await client.next('session.created');
    await client.close();
  });

  it('refuses with OpenAI’s error as an HTTP answer', async () => {
    expect(await refusal('?model=gpt-realtime')).toMatchObject({
      status: 404,
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      error: {
        type: 'invalid_request_error',
        code: 'MODEL_NOT_FOUND',
        param: 'model',
        message: expect.stringContaining('scripted-en') as string,
      },
    });
    expect(await refusal('?intent=conversation')).toMatchObject({
      status: 400,
      error: { code: 'UNSUPPORTED_FEATURE', param: 'intent' },
    });
    expect(await refusal('?call_id=rtc_1')).toMatchObject({ status: 400, error: { param: 'call_id' } });
  });

  it.each([
    [{}, []],
    [{ authorization: 'Bearer wrong' }, []],
    [{}, ['realtime', 'openai-insecure-api-key.wrong']],
    [{}, ['realtime']],
  ])('refuses %j with %j', async (headers, subprotocols) => {
    const answer = await refusal('?intent=transcription', headers, subprotocols);
    expect(answer).toMatchObject({
      status: 401,
      error: { type: 'authentication_error', code: 'UNAUTHENTICATED' },
    });
  });

  it('refuses the stream above the last place, and takes it once one is free', async () => {
    const open = () => RealtimeClient.open(running.url, '?intent=transcription', authorized);
    const clients = await Promise.all([open(), open(), open()]);
    expect(await refusal('?intent=transcription')).toMatchObject({
      status: 503,
      retry: '2',
      error: { type: 'server_error', code: 'NO_CAPACITY' },
    });
    await clients[0].close();
    const next = await open();
    await Promise.all([next, ...clients.slice(1)].map((client) => client.close()));
  });

  it('answers a plain request with a hint at the WebSocket', async () => {
    const response = await fetch(`${running.url}/v1/realtime`, authorized);
    expect(response.status).toBe(426);
  });
});
