import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeConnection } from '../../../test/support/fake-connection.js';
import { ScriptedStream } from '../../../test/support/scripted-stream.js';
import { ShutdownState } from '../../common/shutdown-state.js';
import type { LiveSink } from './live-connection.js';
import { endWithService, feed, feedEach, follow } from './live-stream.js';

const block = { samples: new Float32Array(160), rows: new Float32Array(0) };

let connection: FakeConnection;

beforeEach(() => {
  connection = new FakeConnection();
});

describe('feed', () => {
  it('gives a stream its samples, and lets the client wait while the stream is full', async () => {
    const stream = new ScriptedStream();
    feed(connection, stream, block);
    expect(connection.isPaused).toBe(false);
    stream.isFull = true;
    feed(connection, stream, block);
    expect(connection.isPaused).toBe(true);
    expect(stream.receivedSeconds).toBeCloseTo(0.02);
    stream.drain();
    await setImmediate();
    expect(connection.isPaused).toBe(false);
  });

  it('waits for the last of several streams', async () => {
    const streams = [new ScriptedStream(), new ScriptedStream()];
    for (const stream of streams) stream.isFull = true;
    feedEach(connection, streams, [block, block]);
    streams[0]?.drain();
    await setImmediate();
    expect(connection.isPaused).toBe(true);
    streams[1]?.drain();
    await setImmediate();
    expect(connection.isPaused).toBe(false);
  });
});

describe('follow', () => {
  /** A client of any transport that reads only when a test has it read. */
  class SlowSink implements LiveSink {
    private onRead: (() => void) | undefined;

    pause(): void {}
    resume(): void {}
    writable(): Promise<void> {
      return new Promise((resolve) => (this.onRead = resolve));
    }
    read(): void {
      this.onRead?.();
    }
  }

  it('presents an event when the client has read the one before, and returns after the last', async () => {
    const [sink, stream] = [new SlowSink(), new ScriptedStream()];
    stream.say({ type: 'cleared', atMs: 1 }, { type: 'finalized', atMs: 2 });
    stream.end();
    const seen: string[] = [];
    const followed = follow(sink, stream, ({ type }) => void seen.push(type));
    await setImmediate();
    expect(seen).toEqual(['cleared']);
    sink.read();
    await setImmediate();
    expect(seen).toEqual(['cleared', 'finalized']);
    sink.read();
    await followed;
  });
});

describe('endWithService', () => {
  const { signal } = new AbortController();

  it('takes the audio that a client has sent ahead before it ends its streams', async () => {
    const stream = new ScriptedStream();
    stream.isQuiet = true;
    connection.waiting = 3;
    const shutdown = new ShutdownState(60_000);
    endWithService(connection, [stream], shutdown, signal);
    shutdown.begin();
    await setImmediate();
    expect(stream.isFinished).toBe(false);
    connection.handOver();
    await setImmediate();
    expect(stream.isFinished).toBe(true);
  });

  it('ends the streams of a client together, when nobody speaks in any of them', async () => {
    const [silent, speaking] = [new ScriptedStream(), new ScriptedStream()];
    const finished = (): boolean[] => [silent.isFinished, speaking.isFinished];
    const shutdown = new ShutdownState(60_000);
    endWithService(connection, [silent, speaking], shutdown, signal);
    shutdown.begin();
    silent.becomeQuiet();
    await setImmediate();
    expect(finished()).toEqual([false, false]);
    // While the other still speaks, the silent one begins again.
    silent.isQuiet = false;
    speaking.becomeQuiet();
    await setImmediate();
    expect(finished()).toEqual([false, false]);
    silent.becomeQuiet();
    await setImmediate();
    expect(finished()).toEqual([true, true]);
  });

  describe('near the end of the grace', () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
    afterEach(() => void vi.useRealTimers());

    it('ends them at once, also where they are opened after its beginning', () => {
      const [first, second] = [new ScriptedStream(), new ScriptedStream()];
      const shutdown = new ShutdownState(20_000);
      endWithService(connection, [first], shutdown, signal);
      shutdown.begin();
      endWithService(connection, [second], shutdown, signal);
      vi.advanceTimersByTime(14_999);
      expect([first.isFinished, second.isFinished]).toEqual([false, false]);
      vi.advanceTimersByTime(1);
      expect([first.isFinished, second.isFinished]).toEqual([true, true]);
    });
  });
});
