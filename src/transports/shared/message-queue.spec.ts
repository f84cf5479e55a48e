import { describe, expect, it } from 'vitest';
import { MessageQueue } from './message-queue.js';

describe('MessageQueue', () => {
  it('keeps the order of texts and audio, and puts small pieces of audio together', () => {
    const queue = new MessageQueue();
    queue.push(Buffer.from('ab'), true);
    queue.push(Buffer.from('cd'), true);
    queue.push(Buffer.from('text'), false);
    queue.push(Buffer.from('ef'), true);
    const taken = [];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      taken.push([next.data.toString(), next.isBinary]);
    }
    expect(taken).toEqual([
      ['abcd', true],
      ['text', false],
      ['ef', true],
    ]);
    expect(queue.bytes).toBe(0);
  });

  it('does not join messages that are packets', () => {
    const queue = new MessageQueue();
    queue.keepsSizes = true;
    for (const packet of ['ab', 'cd', 'e']) queue.push(Buffer.from(packet), true);
    expect(queue.bytes).toBeGreaterThan(3 * 200);
    expect([queue.shift(), queue.shift(), queue.shift()].map((next) => next?.data.toString())).toEqual([
      'ab',
      'cd',
      'e',
    ]);
    expect(queue.bytes).toBe(0);
  });

  it('counts the memory of many small messages, and gives back every byte of a long queue', () => {
    const queue = new MessageQueue();
    for (let at = 0; at < 100_000; at++) queue.push(Buffer.from([at & 255]), true);
    for (let at = 0; at < 1_000; at++) queue.push(Buffer.from('{}'), false);
    expect(queue.bytes).toBeGreaterThan(100_000 + 1_000 * 100);
    let bytes = 0;
    let expected = 0;
    let wrong = 0;
    for (let next = queue.shift(); next?.isBinary === true; next = queue.shift()) {
      for (const byte of next.data) wrong += byte === (expected++ & 255) ? 0 : 1;
      bytes += next.data.length;
    }
    expect([bytes, wrong]).toEqual([100_000, 0]);
    queue.clear();
    expect([queue.bytes, queue.isEmpty]).toEqual([0, true]);
  });
});
