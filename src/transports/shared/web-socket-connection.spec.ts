import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { WebSocketConnection } from './web-socket-connection.js';

let server: WebSocketServer;

beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
});
afterEach(() => {
  for (const socket of server.clients) socket.terminate();
  server.close();
});

async function connect(autoPong: boolean): Promise<{ client: WebSocket; connection: WebSocketConnection }> {
  const accepted = once(server, 'connection') as Promise<[WebSocket]>;
  const { port } = server.address() as AddressInfo;
  const client = new WebSocket(`ws://127.0.0.1:${port}`, { autoPong });
  const [[socket]] = await Promise.all([accepted, once(client, 'open')]);
  const limits = { idleTimeoutMs: 600_000, maxSessionMs: 600_000, pingIntervalMs: 1_000 };
  return {
    client,
    connection: new WebSocketConnection(socket, { protocol: 'deepgram-live', requestId: 'a' }, limits),
  };
}

describe('WebSocketConnection', () => {
  it('gives up a client that answers no ping, and keeps one that does', async () => {
    const dead = await connect(false);
    const alive = await connect(true);
    const [code] = (await once(dead.client, 'close')) as [number];
    expect(code).toBe(1006);
    await sleep(1_500);
    expect(dead.connection.signal.aborted).toBe(true);
    expect(alive.client.readyState).toBe(WebSocket.OPEN);
    expect(alive.connection.signal.aborted).toBe(false);
  }, 20_000);

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
});
