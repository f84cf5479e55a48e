import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { ShutdownState } from '../../common/shutdown-state.js';
import type { RecognitionEvent, RecognitionStream } from '../../recognition/streaming/recognition-stream.js';
import { feed, feedEach, follow } from './live-stream.js';
import { WebSocketConnection } from './web-socket-connection.js';

/** Takes what it is given, and is full until it is told otherwise. */
class ScriptedStream implements RecognitionStream {
  readonly lagMs = 0;
  receivedSeconds = 0;
  full = false;
  readonly asked: string[] = [];
  readonly events: RecognitionEvent[] = [];
  private onDrained: (() => void) | undefined;
  private onEnd: (() => void) | undefined;

  acceptWaveform(samples: Float32Array): boolean {
    this.receivedSeconds += samples.length / 16_000;
    return !this.full;
  }
  drained(): Promise<void> {
    return new Promise((resolve) => (this.onDrained = resolve));
  }
  drain(): void {
    this.full = false;
    this.onDrained?.();
  }
  finalize(): void {}
  clear(): void {}
  inputFinished(): void {
    this.asked.push('inputFinished');
    this.onEnd?.();
  }
  finishAtEndpoint(): void {
    this.asked.push('finishAtEndpoint');
  }
  async *[Symbol.asyncIterator](): AsyncGenerator<RecognitionEvent> {
    yield* this.events;
    await new Promise<void>((resolve) => (this.onEnd = resolve));
  }
}

let server: WebSocketServer;
let client: WebSocket;
let connection: WebSocketConnection;
let received: number;

beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[WebSocket]>;
  client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [[socket]] = await Promise.all([accepted, once(client, 'open')]);
  connection = new WebSocketConnection(socket, 'r-1', { idleTimeoutMs: 60_000, maxSessionMs: 60_000 });
  received = 0;
});
afterEach(() => {
  client.terminate();
  server.close();
});

/** The first is taken before the others are on their way, which get time to come. */
async function sendMessages(count: number): Promise<void> {
  client.send('audio');
  await expect.poll(() => received).toBe(1);
  for (let sent = 1; sent < count; sent += 1) client.send('audio');
  await sleep(100);
}

const handleWith = (onMessage: () => void): void =>
  connection.handle({
    onMessage: () => {
      received += 1;
      onMessage();
    },
    onIdle: () => undefined,
    onExpired: () => undefined,
  });
const block = new Float32Array(160);

describe('feed', () => {
  it('lets the client wait while the stream is full, and loses nothing', async () => {
    const stream = new ScriptedStream();
    handleWith(() => feed(connection, stream, block));
    stream.full = true;
    await sendMessages(5);
    expect(received).toBe(1);
    stream.drain();
    await expect.poll(() => received).toBe(5);
    expect(stream.receivedSeconds).toBeCloseTo(0.05);
  });

  it('waits for the last of several streams', async () => {
    const streams = [new ScriptedStream(), new ScriptedStream()];
    handleWith(() => feedEach(connection, streams, [block, block]));
    for (const stream of streams) stream.full = true;
    await sendMessages(3);
    streams[0]?.drain();
    await sleep(100);
    expect(received).toBe(1);
    streams[1]?.drain();
    await expect.poll(() => received).toBe(3);
  });
});

describe('follow', () => {
  it('hands over every event, and returns when there are no more', async () => {
    const stream = new ScriptedStream();
    stream.events.push({ type: 'cleared', atMs: 1 }, { type: 'finalized', atMs: 2 });
    const seen: string[] = [];
    const followed = follow(connection, stream, new ShutdownState(10), ({ type }) => seen.push(type));
    await expect.poll(() => seen).toEqual(['cleared', 'finalized']);
    stream.inputFinished();
    await followed;
  });

  it('ends the stream at its next endpoint when the service ends, and at once when the grace is over', async () => {
    const stream = new ScriptedStream();
    const shutdown = new ShutdownState(50);
    const followed = follow(connection, stream, shutdown, () => undefined);
    expect(stream.asked).toEqual([]);
    shutdown.begin();
    expect(stream.asked).toEqual(['finishAtEndpoint']);
    await followed;
    expect(stream.asked).toEqual(['finishAtEndpoint', 'inputFinished']);
  });

  it('does the same for a stream that is opened while the service ends', async () => {
    const stream = new ScriptedStream();
    const shutdown = new ShutdownState(50);
    shutdown.begin();
    await follow(connection, stream, shutdown, () => undefined);
    expect(stream.asked).toEqual(['finishAtEndpoint', 'inputFinished']);
  });
});
