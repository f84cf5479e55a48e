import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { ShutdownState } from '../../src/common/shutdown-state.js';
import type { Origin } from '../../src/common/origin.js';
import { TransportObservers } from '../../src/transports/shared/transport-observer.js';
import type { RequestEnd, TransportObserver } from '../../src/transports/shared/transport-observer.js';
import { EchoModule } from '../support/echo-protocol/echo.module.js';
import { FakeRecognizer } from '../support/fake-recognizer.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';

/** Keeps how requests ended. */
class EndedRequests implements TransportObserver {
  readonly ends: {
    readonly protocol: string;
    readonly outcome: string;
    readonly code: string | undefined;
  }[] = [];

  requestBegan(): void {}
  requestEnded({ protocol }: Origin, { outcome, code }: RequestEnd): void {
    this.ends.push({ protocol, outcome, code });
  }
  warned(): void {}
}

let running: RunningApp;
let requests: EndedRequests;

beforeEach(async () => {
  running = await startApp({ METRICS_ENABLED: 'false' }, new FakeRecognizer(), [EchoModule]);
  requests = new EndedRequests();
  running.app.get(TransportObservers).add(requests);
});
afterEach(() => running.close());

const post = (body: string): Promise<Response> =>
  fetch(`${running.url}/echo/recordings`, { method: 'POST', body });
const open = (query = ''): WebSocket =>
  new WebSocket(`${running.url.replace('http', 'ws')}/echo/live${query}`);

/** The answer to a handshake that is refused. */
async function refusal(query = ''): Promise<{ status: number | undefined; body: unknown }> {
  const socket = open(query);
  socket.on('error', () => undefined);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, NodeJS.ReadableStream];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  socket.terminate();
  return { status: (response as { statusCode?: number }).statusCode, body: JSON.parse(text) };
}

describe('a wire protocol of a folder outside the source', () => {
  it('takes recordings, which are observed under its name and kept in no cache', async () => {
    const answer = await post('hello');
    expect(await answer.json()).toEqual({ echo: 'hello' });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    await expect.poll(() => requests.ends).toEqual([{ protocol: 'echo', outcome: 'ok', code: undefined }]);
  });

  it('answers errors at its paths and below them in its shape, and elsewhere in that of the first protocol', async () => {
    const tooLarge = await post('x'.repeat(1_001));
    expect(tooLarge.status).toBe(413);
    expect(await tooLarge.json()).toMatchObject({ echo: 'refused', code: 'BODY_TOO_LARGE' });
    const below = await fetch(`${running.url}//echo/recordings/1/`);
    expect(await below.json()).toMatchObject({ echo: 'refused', code: 'NOT_FOUND' });
    const elsewhere = await fetch(`${running.url}/nowhere`);
    expect(await elsewhere.json()).toMatchObject({ error: { code: 'NOT_FOUND' } });
    await expect
      .poll(() => requests.ends)
      .toEqual([{ protocol: 'echo', outcome: 'refused', code: 'BODY_TOO_LARGE' }]);
  });

  it('takes sockets, and refuses handshakes in its shape', async () => {
    const socket = open();
    await once(socket, 'open');
    socket.send('hello');
    const [message] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(message.toString())).toEqual({ echo: 'hello' });
    socket.close(1000);
    await once(socket, 'close');
    expect(await refusal('?mute')).toEqual({
      status: 400,
      body: expect.objectContaining({ echo: 'refused', code: 'UNSUPPORTED_FEATURE' }) as unknown,
    });
    await expect
      .poll(() => requests.ends)
      .toEqual(
        expect.arrayContaining([
          { protocol: 'echo', outcome: 'ok', code: undefined },
          { protocol: 'echo', outcome: 'refused', code: 'UNSUPPORTED_FEATURE' },
        ]),
      );
  });

  it('ends with the service: sockets are closed, requests and handshakes refused in its shape', async () => {
    const socket = open();
    await once(socket, 'open');
    const closed = once(socket, 'close') as Promise<[number]>;
    running.app.get(ShutdownState).begin();
    expect((await closed)[0]).toBe(1012);
    const refused = { echo: 'refused', code: 'SHUTTING_DOWN' };
    expect(await (await post('hello')).json()).toMatchObject(refused);
    expect(await refusal()).toEqual({ status: 503, body: expect.objectContaining(refused) as unknown });
  });
});
