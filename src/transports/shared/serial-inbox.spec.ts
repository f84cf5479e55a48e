import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { SerialInbox } from './serial-inbox.js';

/** Counts how often the client has to wait. */
class CountingSink {
  pauses = 0;
  resumes = 0;

  pause(): void {
    this.pauses++;
  }
  resume(): void {
    this.resumes++;
  }
}

/** A promise that is settled from outside. */
function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}

describe('SerialInbox', () => {
  it('handles short messages at once, without a pause', () => {
    const sink = new CountingSink();
    const handled: string[] = [];
    const inbox = new SerialInbox<string>(sink, new AbortController().signal, (message) => {
      handled.push(message);
      return undefined;
    });
    for (const message of ['a', 'b', 'c']) {
      inbox.push(message);
      expect(handled.at(-1)).toBe(message);
    }
    expect(sink.pauses).toBe(0);
  });

  it('begins no message before the one ahead of it is done, and lets the client wait meanwhile', async () => {
    const sink = new CountingSink();
    const begun: string[] = [];
    const { promise, resolve } = deferred();
    const inbox = new SerialInbox<string>(sink, new AbortController().signal, (message) => {
      begun.push(message);
      return message === 'long' ? promise : undefined;
    });
    for (const message of ['long', 'b', 'c']) inbox.push(message);
    await setImmediate();
    expect(begun).toEqual(['long']);
    expect(sink).toMatchObject({ pauses: 1, resumes: 0 });
    resolve();
    await setImmediate();
    expect(begun).toEqual(['long', 'b', 'c']);
    expect(sink).toMatchObject({ pauses: 1, resumes: 1 });
  });

  it('discards the messages of a client that has gone', async () => {
    const gone = new AbortController();
    const begun: string[] = [];
    const { promise, resolve } = deferred();
    const inbox = new SerialInbox<string>(new CountingSink(), gone.signal, (message) => {
      begun.push(message);
      return promise;
    });
    inbox.push('a');
    inbox.push('b');
    gone.abort();
    resolve();
    await setImmediate();
    inbox.push('c');
    expect(begun).toEqual(['a']);
  });
});
