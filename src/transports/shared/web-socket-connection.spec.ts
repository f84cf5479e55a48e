import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { HeldBytes } from './held-bytes.js';
import type { ConnectionLimits } from './connection-limits.js';
import { WebSocketConnection } from './web-socket-connection.js';

let server: WebSocketServer;
let held: HeldBytes;

const megabyte = 1_048_576;

beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', autoPong: false });
  held = new HeldBytes({ get: () => 8 * megabyte } as never);
  await once(server, 'listening');
});
afterEach(() => {
  for (const socket of server.clients) socket.terminate();
  server.close();
});

const unlimited = {
  idleTimeoutMs: 600_000,
  audioIdleTimeoutMs: 600_000,
  maxSessionMs: 600_000,
  pingIntervalMs: 1_000,
};
const nothing = {
  onMessage: () => undefined,
  onIdle: () => undefined,
  onExpired: () => undefined,
  onLimit: () => undefined,
};

async function connect(
  autoPong: boolean,
  limits: ConnectionLimits = unlimited,
): Promise<{ client: WebSocket; socket: WebSocket; connection: WebSocketConnection }> {
  const accepted = once(server, 'connection') as Promise<[WebSocket]>;
  const { port } = server.address() as AddressInfo;
  const client = new WebSocket(`ws://127.0.0.1:${port}`, { autoPong });
  const [[socket]] = await Promise.all([accepted, once(client, 'open')]);
  const origin = { protocol: 'deepgram-live', requestId: 'a' } as const;
  return { client, socket, connection: new WebSocketConnection(socket, origin, limits, held) };
}

/** Where timers are not real: asks again after each turn of the event loop. */
async function until(holds: () => boolean): Promise<void> {
  for (const endMs = Date.now() + 10_000; !holds();) {
    if (Date.now() > endMs) throw new Error('It never came to hold.');
    await setImmediate();
  }
}

describe('WebSocketConnection', () => {
  it('hands over messages that came before it had handlers, in order', async () => {
    const { client, connection } = await connect(true);
    client.send('a');
    await expect.poll(() => held.used.sockets).toBeGreaterThan(0);
    const heldForOne = held.used.sockets;
    for (const text of ['b', 'c']) client.send(text);
    await expect.poll(() => held.used.sockets).toBe(3 * heldForOne);
    const received: string[] = [];
    connection.handle({ ...nothing, onMessage: (data) => received.push(data.toString()) });
    client.send('d');
    await expect.poll(() => received).toEqual(['a', 'b', 'c', 'd']);
  });

  it('answers each of a hundred pings while audio before them waits, and hands the audio over in order', async () => {
    const { client, connection } = await connect(true);
    const received: Buffer[] = [];
    connection.handle({ ...nothing, onMessage: (data) => received.push(data) });
    connection.pause();
    const sent = Array.from({ length: 100 }, (_, at) => Buffer.alloc(10_000, at));
    const pongs: string[] = [];
    client.on('pong', (payload: Buffer) => pongs.push(payload.toString()));
    for (const [at, piece] of sent.entries()) {
      client.send(piece);
      client.ping(String(at));
    }
    await expect.poll(() => pongs).toEqual(sent.map((_, at) => String(at)));
    expect(received).toEqual([]);
    expect(connection.allHandedOver).toBe(false);
    connection.resume();
    await connection.handedOver();
    expect(Buffer.concat(received).equals(Buffer.concat(sent))).toBe(true);
    expect(held.used.sockets).toBe(0);
  });

  it('counts a message with which its session is not done, and one that is not complete', async () => {
    const { client, connection } = await connect(true);
    connection.handle({ ...nothing, onMessage: () => connection.pause() });
    client.send(Buffer.alloc(megabyte));
    await expect.poll(() => held.used.sockets).toBe(megabyte);
    connection.countReceived(2 * megabyte);
    expect(held.used.sockets).toBe(3 * megabyte);
    connection.resume();
    expect(held.used.sockets).toBe(2 * megabyte);
    expect(client.readyState).toBe(WebSocket.OPEN);
    connection.countReceived(megabyte);
    await expect.poll(() => connection.signal.aborted).toBe(true);
    expect(connection.errorCode).toBe('MEMORY_FULL');
    expect(held.used.sockets).toBe(0);
  });

  it('notices a client that leaves while audio waits, and forgets the audio', async () => {
    const { client, connection } = await connect(true);
    connection.handle(nothing);
    connection.pause();
    client.send(Buffer.alloc(megabyte));
    client.close(1000);
    await expect.poll(() => connection.signal.aborted).toBe(true);
    expect(held.used.sockets).toBe(0);
  });

  it('reads no further than the limit of all sockets, goes on when there is room, and loses nothing', async () => {
    const { client, connection } = await connect(true);
    let receivedBytes = 0;
    connection.handle({ ...nothing, onMessage: (data) => (receivedBytes += data.length) });
    connection.pause();
    const pieces = 60;
    for (let at = 0; at < pieces; at++) client.send(Buffer.alloc(megabyte));
    client.send('the end');
    await expect.poll(() => held.used.sockets).toBeGreaterThan(2 * megabyte);
    await expect.poll(() => client.bufferedAmount).toBeGreaterThan(0);
    // One that came just before, and what the operating system holds, are on top.
    expect(held.used.sockets).toBeLessThan(4 * megabyte);
    connection.resume();
    await expect.poll(() => receivedBytes, { timeout: 60_000 }).toBe(pieces * megabyte + 7);
    expect(held.used.sockets).toBe(0);
  });

  it('lets a sender wait for a client that does not read, and wakes it when the client has read', async () => {
    const { client, connection } = await connect(true);
    connection.handle(nothing);
    await connection.writable();
    client.pause();
    const message = { filling: 'x'.repeat(megabyte) };
    for (let sent = 0; sent < 20; sent++) connection.send(message);
    let isWritable = false;
    const writable = connection.writable().then(() => (isWritable = true));
    await setImmediate();
    expect(isWritable).toBe(false);
    client.resume();
    await writable;
    expect(connection.signal.aborted).toBe(false);
  });

  it('wakes a sender whose client goes away without reading', async () => {
    const { client, connection } = await connect(true);
    client.pause();
    for (let sent = 0; sent < 20; sent++) connection.send({ filling: 'x'.repeat(megabyte) });
    const writable = connection.writable();
    client.terminate();
    await writable;
    expect(connection.signal.aborted).toBe(true);
  });
});

describe('the clock of a WebSocketConnection', () => {
  let nowMs: number;

  beforeEach(() => {
    nowMs = 1_000_000;
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
    vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  /** Time goes by, with a tick each second. */
  function pass(seconds: number): void {
    for (let second = 0; second < seconds; second++) {
      nowMs += 1_000;
      vi.advanceTimersByTime(1_000);
    }
  }
  /** Time goes by without a tick: the process stands still. */
  function standStill(seconds: number): void {
    nowMs += seconds * 1_000;
  }

  it('gives up a client that answers no ping, and keeps one that does', async () => {
    const dead = await connect(false);
    const alive = await connect(true);
    for (const ping of ['first', 'second', 'third']) {
      const pong = once(alive.socket, 'pong');
      const given = [dead.connection.signal.aborted, alive.connection.signal.aborted];
      expect(given, `before the ${ping} ping`).toEqual([false, false]);
      pass(1);
      await pong;
    }
    await until(() => dead.connection.signal.aborted);
    expect(alive.client.readyState).toBe(WebSocket.OPEN);
    expect(alive.connection.signal.aborted).toBe(false);
  });

  it('reports an idle client once no message has come for the time that is allowed', async () => {
    const { client, connection } = await connect(true, { ...unlimited, idleTimeoutMs: 3_000 });
    let idle = 0;
    let received = 0;
    connection.handle({ ...nothing, onMessage: () => received++, onIdle: () => idle++ });
    pass(2);
    client.send('a');
    await until(() => received === 1);
    pass(2);
    expect(idle).toBe(0);
    pass(1);
    expect(idle).toBe(1);
  });

  it('reports a client that sends messages and no audio for the time that is allowed', async () => {
    const { client, connection } = await connect(true, { ...unlimited, audioIdleTimeoutMs: 3_000 });
    const missing: string[] = [];
    let received = 0;
    connection.handle({
      ...nothing,
      onMessage: (data) => {
        received++;
        if (data.toString() === 'audio') connection.noteAudio();
      },
      onIdle: (what) => missing.push(what),
    });
    pass(2);
    client.send('audio');
    await until(() => received === 1);
    for (const seconds of [1, 2]) {
      pass(1);
      client.send('KeepAlive');
      await until(() => received === 1 + seconds);
    }
    expect(missing).toEqual([]);
    pass(1);
    expect(missing).toEqual(['audio']);
  });

  it('reports no client as idle because the process stood still', async () => {
    const { connection } = await connect(true, { ...unlimited, idleTimeoutMs: 3_000 });
    let idle = 0;
    connection.handle({ ...nothing, onIdle: () => idle++ });
    pass(1);
    standStill(5);
    pass(3);
    expect(idle).toBe(0);
    pass(1);
    expect(idle).toBe(1);
  });

  it('reports once that a session has lasted as long as it may', async () => {
    const { connection } = await connect(true, {
      ...unlimited,
      pingIntervalMs: 600_000,
      maxSessionMs: 3_000,
    });
    let expired = 0;
    connection.handle({ ...nothing, onExpired: () => expired++ });
    pass(2);
    expect(expired).toBe(0);
    pass(5);
    expect(expired).toBe(1);
  });

  it('gives up a client that has read nothing for half a minute', async () => {
    const { client, connection } = await connect(true);
    client.pause();
    for (let sent = 0; sent < 20; sent++) connection.send({ filling: 'x'.repeat(megabyte) });
    const writable = connection.writable();
    pass(29);
    await setImmediate();
    expect(connection.signal.aborted).toBe(false);
    pass(1);
    await writable;
    expect(connection.signal.aborted).toBe(true);
  });
});
