import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { ShutdownState } from '../../common/shutdown-state.js';
import type { RecognitionEvent, RecognitionStream } from '../../recognition/live/recognition-stream.js';
import { endWithService, feed, feedEach, follow } from './live-stream.js';
import { WaitingBytes } from './waiting-bytes.js';
import { WebSocketConnection } from './web-socket-connection.js';

/** Takes what it is given, and is full until it is told otherwise. */
class ScriptedStream implements RecognitionStream {
  readonly peakProbability = 0;
  readonly lagMs = 0;
  receivedSeconds = 0;
  full = false;
  isQuiet = false;
  finished = false;
  readonly events: RecognitionEvent[] = [];
  private onDrained: (() => void) | undefined;
  private onQuiet: (() => void) | undefined;
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
    this.finished = true;
    this.onEnd?.();
  }
  quiet(): Promise<void> {
    if (this.isQuiet) return Promise.resolve();
    return new Promise((resolve) => (this.onQuiet = resolve));
  }
  becomeQuiet(): void {
    this.isQuiet = true;
    this.onQuiet?.();
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
  connection = new WebSocketConnection(
    socket,
    { protocol: 'deepgram-live', requestId: 'a' },
    { idleTimeoutMs: 60_000, maxSessionMs: 60_000 },
    new WaitingBytes({ get: () => 1_048_576 } as never),
  );
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
    const followed = follow(connection, stream, ({ type }) => void seen.push(type));
    await expect.poll(() => seen).toEqual(['cleared', 'finalized']);
    stream.inputFinished();
    await followed;
  });
});

describe('endWithService', () => {
  const { signal } = new AbortController();

  it('hears what a client has sent ahead before it ends its streams', async () => {
    const stream = new ScriptedStream();
    stream.isQuiet = true;
    handleWith(() => feed(connection, stream, block));
    stream.full = true;
    await sendMessages(3);
    const shutdown = new ShutdownState(60_000);
    endWithService(connection, [stream], shutdown, signal);
    shutdown.begin();
    await sleep(50);
    expect(stream.finished).toBe(false);
    stream.drain();
    await expect.poll(() => stream.finished).toBe(true);
    expect(received).toBe(3);
  });

  it('ends the streams of a client together, when nobody speaks in any of them', async () => {
    const streams = [new ScriptedStream(), new ScriptedStream()];
    const [silent, speaking] = streams;
    const shutdown = new ShutdownState(60_000);
    endWithService(connection, streams, shutdown, signal);
    shutdown.begin();
    silent?.becomeQuiet();
    await sleep(10);
    expect(streams.map(({ finished }) => finished)).toEqual([false, false]);
    // While the other still speaks, the silent one begins again.
    silent!.isQuiet = false;
    speaking?.becomeQuiet();
    await sleep(10);
    expect(streams.map(({ finished }) => finished)).toEqual([false, false]);
    silent?.becomeQuiet();
    speaking?.becomeQuiet();
    await expect.poll(() => streams.map(({ finished }) => finished)).toEqual([true, true]);
  });

  it('ends them at once when the grace is over, also where they are opened after its beginning', async () => {
    const streams = [new ScriptedStream(), new ScriptedStream()];
    const shutdown = new ShutdownState(50);
    endWithService(connection, [streams[0]!], shutdown, signal);
    shutdown.begin();
    endWithService(connection, [streams[1]!], shutdown, signal);
    expect(streams.map(({ finished }) => finished)).toEqual([false, false]);
    await expect.poll(() => streams.map(({ finished }) => finished)).toEqual([true, true]);
  });
});
