import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { contextOf } from './request-context.js';
import { sendEvents } from './server-sent-events.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Only what sendEvents uses of Fastify's reply, around Node's own response. */
function replyOf(raw: ServerResponse): FastifyReply {
  return {
    raw,
    getHeaders: () => ({ 'x-request-id': 'id' }),
    hijack: () => undefined,
  } as unknown as FastifyReply;
}

/** A client that has the head of the answer and reads nothing of its body yet. */
async function get(handle: (raw: ServerResponse) => void): Promise<IncomingMessage> {
  const server = createServer((_request, raw) => handle(raw)).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) =>
    request({ port, host: '127.0.0.1' }, resolve).on('error', reject).end(),
  );
}

/** A connection whose client reads nothing until the test makes it read. */
class StoppedReader extends Duplex {
  text = '';
  private reads = false;
  private onRead: (() => void) | undefined;

  override _read(): void {}
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    if (this.reads) done();
    else {
      this.onRead = done;
      this.emit('stuck');
    }
  }
  readOn(): void {
    this.reads = true;
    this.onRead?.();
  }
}

async function* many(count: number, made: { count: number }): AsyncGenerator<object> {
  for (let index = 0; index < count; index++) {
    made.count++;
    yield { index, filling: 'x'.repeat(10_000) };
    await Promise.resolve();
  }
}

describe('sendEvents', () => {
  it('makes no more events than a reader that has stopped reading can be sent', async () => {
    const made = { count: 0 };
    const reader = new StoppedReader();
    const server = createServer((_request, raw) => {
      void sendEvents(replyOf(raw), many(100, made), new AbortController().signal, () => ({}));
    });
    server.emit('connection', reader);
    reader.push('GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    await once(reader, 'stuck');
    await setImmediate();
    const countWhenStuck = made.count;
    expect(countWhenStuck).toBeLessThan(10);
    await setImmediate();
    expect(made.count).toBe(countWhenStuck);
    reader.readOn();
    await expect.poll(() => made.count).toBe(100);
    await expect.poll(() => reader.text.match(/^data: /gm)).toHaveLength(100);
    expect(reader.text).toContain('content-type: text/event-stream; charset=utf-8\r\n');
    expect(reader.text).toContain('x-request-id: id\r\n');
  });

  it('ends the iterable of a reader that has gone', async () => {
    const lifetime = new AbortController();
    let ended = false;
    async function* endless(): AsyncGenerator<object> {
      try {
        for (;;) {
          yield { filling: 'x'.repeat(10_000) };
          await Promise.resolve();
        }
      } finally {
        ended = true;
      }
    }
    const answer = await get((raw) => {
      raw.once('close', () => lifetime.abort(new Error('gone')));
      void sendEvents(replyOf(raw), endless(), lifetime.signal, () => ({}));
    });
    answer.destroy();
    await expect.poll(() => ended).toBe(true);
  });

  it('throws a failure before the first event, and sends a later one as an event', async () => {
    async function* failing(events: readonly object[]): AsyncGenerator<object> {
      yield* events;
      await Promise.resolve();
      throw new Error('broken');
    }
    let early: unknown;
    let answered: ServerResponse | undefined;
    const late = await get((raw) => {
      answered = raw;
      const { signal } = new AbortController();
      void sendEvents(replyOf(raw), failing([]), signal, () => ({})).catch((error: unknown) => {
        early = error;
        return sendEvents(replyOf(raw), failing([{ first: true }]), signal, (error) => ({
          error: (error as Error).message,
        }));
      });
    });
    let text = '';
    for await (const chunk of late) text += String(chunk);
    expect(early).toMatchObject({ message: 'broken' });
    expect(text).toBe('data: {"first":true}\n\ndata: {"error":"broken"}\n\n');
    // The status was 200; the log and the metrics know better.
    expect(contextOf(answered!.req).errorCode).toBe('INTERNAL');
  });
});
