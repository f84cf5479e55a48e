import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { WaitingBytes } from './waiting-bytes.js';
import type { ConnectionLimits } from './web-socket-connection.js';
import { WebSocketConnection } from './web-socket-connection.js';

let server: WebSocketServer;
let waiting: WaitingBytes;

const megabyte = 1_048_576;

beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', autoPong: false });
  waiting = new WaitingBytes({ get: () => 4 * megabyte } as never);
  await once(server, 'listening');
});
afterEach(() => {
  for (const socket of server.clients) socket.terminate();
  server.close();
});

const unlimited = { idleTimeoutMs: 600_000, maxSessionMs: 600_000, pingIntervalMs: 1_000 };
const nothing = { onMessage: () => undefined, onIdle: () => undefined, onExpired: () => undefined };

async function connect(
  autoPong: boolean,
  limits: ConnectionLimits = unlimited,
): Promise<{ client: WebSocket; connection: WebSocketConnection }> {
  const accepted = once(server, 'connection') as Promise<[WebSocket]>;
  const { port } = server.address() as AddressInfo;
  const client = new WebSocket(`ws://127.0.0.1:${port}`, { autoPong });
  const [[socket]] = await Promise.all([accepted, once(client, 'open')]);
  const origin = { protocol: 'deepgram-live', requestId: 'a' } as const;
  return { client, connection: new WebSocketConnection(socket, origin, limits, waiting) };
}

describe('WebSocketConnection', () => {
  it(
    'gives up a client that answers no ping, and keeps one that does',
    { tags: 'slow', timeout: 20_000 },
    async () => {
      const dead = await connect(false);
      const alive = await connect(true);
      const [code] = (await once(dead.client, 'close')) as [number];
      expect(code).toBe(1006);
      await sleep(1_500);
      expect(dead.connection.signal.aborted).toBe(true);
      expect(alive.client.readyState).toBe(WebSocket.OPEN);
      expect(alive.connection.signal.aborted).toBe(false);
    },
  );

  it('hands over what came before anybody listened, in order', async () => {
    const { client, connection } = await connect(true);
    for (const text of ['a', 'b', 'c']) client.send(text);
    await sleep(50);
    const heard: string[] = [];
    connection.handle({
      onMessage: (data) => heard.push(data.toString()),
      onIdle: () => undefined,
      onExpired: () => undefined,
    });
    client.send('d');
    while (heard.length < 4) await sleep(1);
    expect(heard).toEqual(['a', 'b', 'c', 'd']);
  });

  it('answers each of a hundred pings while audio before them waits, and hands the audio over in order', async () => {
    const { client, connection } = await connect(true);
    const heard: Buffer[] = [];
    connection.handle({ ...nothing, onMessage: (data) => heard.push(data) });
    connection.pause();
    const sent = Array.from({ length: 100 }, (_, at) => Buffer.alloc(10_000, at));
    const pongs: string[] = [];
    client.on('pong', (payload: Buffer) => pongs.push(payload.toString()));
    for (const [at, piece] of sent.entries()) {
      client.send(piece);
      client.ping(String(at));
    }
    await expect.poll(() => pongs).toEqual(sent.map((_, at) => String(at)));
    expect(heard).toEqual([]);
    expect(connection.allHandedOver).toBe(false);
    connection.resume();
    await connection.handedOver();
    expect(Buffer.concat(heard).equals(Buffer.concat(sent))).toBe(true);
    expect(waiting.total).toBe(0);
  });

  it('notices a client that leaves while audio waits, and forgets the audio', async () => {
    const { client, connection } = await connect(true);
    connection.handle(nothing);
    connection.pause();
    client.send(Buffer.alloc(megabyte));
    client.close(1000);
    await expect.poll(() => connection.signal.aborted).toBe(true);
    expect(waiting.total).toBe(0);
  });

  it('reads no further than the limit of all sockets, goes on when there is room, and loses nothing', async () => {
    const { client, connection } = await connect(true);
    let heardBytes = 0;
    connection.handle({ ...nothing, onMessage: (data) => (heardBytes += data.length) });
    connection.pause();
    const pieces = 60;
    for (let at = 0; at < pieces; at += 1) client.send(Buffer.alloc(megabyte));
    client.send('the end');
    await expect.poll(() => waiting.total).toBeGreaterThan(2 * megabyte);
    await expect.poll(() => client.bufferedAmount).toBeGreaterThan(0);
    // One that came just before, and what the operating system holds, are on top.
    expect(waiting.total).toBeLessThan(4 * megabyte);
    connection.resume();
    await expect.poll(() => heardBytes, { timeout: 10_000 }).toBe(pieces * megabyte + 7);
    expect(waiting.total).toBe(0);
  });

  it('takes nobody for idle because the process stood still', { tags: 'slow', timeout: 20_000 }, async () => {
    const { client, connection } = await connect(true, { ...unlimited, idleTimeoutMs: 3_000 });
    let idle = 0;
    let heard = 0;
    connection.handle({ ...nothing, onMessage: () => (heard += 1), onIdle: () => (idle += 1) });
    client.send('a');
    await expect.poll(() => heard).toBe(1);
    const until = performance.now() + 5_000;
    client.send('b');
    while (performance.now() < until);
    await expect.poll(() => heard).toBe(2);
    expect(idle).toBe(0);
    await expect.poll(() => idle, { timeout: 10_000 }).toBeGreaterThan(0);
  });
});
