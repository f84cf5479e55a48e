import { describe, expect, it } from 'vitest';
import { RequestQueue } from './request-queue.js';
import type { Priority } from './request-queue.js';

const request = (name: string, priority: Priority, owner: object = {}, keyName = 'mine') => ({
  name,
  priority,
  owner,
  keyName,
});
const nobody = () => 0;

describe('RequestQueue', () => {
  it('returns finals before partials and partials before recordings', () => {
    const queue = new RequestQueue<ReturnType<typeof request>>();
    for (const priority of ['recording', 'partial', 'final'] as const) queue.add(request(priority, priority));
    expect([1, 2, 3].map(() => queue.take(nobody)?.name)).toEqual(['final', 'partial', 'recording']);
    expect(queue.take(nobody)).toBeUndefined();
  });

  it('lets a short query pass a long recording that already has a worker', () => {
    const queue = new RequestQueue<ReturnType<typeof request>>();
    const long = {};
    const short = {};
    queue.add(request('long 2', 'recording', long));
    queue.add(request('long 3', 'recording', long));
    queue.add(request('short', 'recording', short));
    expect(queue.take((owner) => (owner === long ? 1 : 0))?.name).toBe('short');
    expect(queue.take((owner) => (owner === long ? 1 : 0))?.name).toBe('long 2');
  });

  describe('with requests of two keys', () => {
    /** Fills a queue, and takes all of it; each request runs until the next one is taken, as with one worker. */
    const orderOf = (...requests: readonly ReturnType<typeof request>[]): readonly string[] => {
      const queue = new RequestQueue<ReturnType<typeof request>>();
      for (const each of requests) queue.add(each);
      return requests.map(() => queue.take(nobody)!.name);
    };
    const recordings = (key: string, count: number) =>
      Array.from({ length: count }, (_, at) => request(`${key}${at + 1}`, 'recording', {}, key));

    it('lets the keys take turns, however many recordings one of them has', () => {
      expect(orderOf(...recordings('a', 5), ...recordings('b', 2))).toEqual([
        'a1',
        'b1',
        'a2',
        'b2',
        'a3',
        'a4',
        'a5',
      ]);
    });

    it('lets the recordings of a key take turns, whatever the other key does', () => {
      const [first, second] = [{}, {}];
      const ofA = [1, 2, 3].map((at) => request(`a first ${at}`, 'recording', first, 'a'));
      ofA.push(request('a second 1', 'recording', second, 'a'));
      expect(orderOf(...ofA, ...recordings('b', 3))).toEqual([
        'a first 1',
        'b1',
        'a second 1',
        'b2',
        'a first 2',
        'b3',
        'a first 3',
      ]);
    });

    it('keeps the head start of a newcomer within its key', () => {
      const queue = new RequestQueue<ReturnType<typeof request>>();
      const long = {};
      for (const each of [...recordings('b', 12), request('long 1', 'recording', long, 'a')]) queue.add(each);
      const take = (): string => queue.take(nobody)!.name;
      expect([take(), take(), take()]).toEqual(['b1', 'long 1', 'b2']);
      // Nine turns of the other key do not use up the head start: `long` was served one turn of its key ago.
      for (let turn = 0; turn < 9; turn++) take();
      queue.add(request('long 2', 'recording', long, 'a'));
      queue.add(request('short', 'recording', {}, 'a'));
      expect([take(), take(), take()]).toEqual(['short', 'b12', 'long 2']);
    });

    it('gives a key without a running request the next worker', () => {
      const queue = new RequestQueue<ReturnType<typeof request>>();
      for (const each of [...recordings('a', 2), ...recordings('b', 1)]) queue.add(each);
      const running = new Map<string | object, number>([['a', 1]]);
      expect(queue.take((keyOrOwner) => running.get(keyOrOwner) ?? 0)?.name).toBe('b1');
    });

    it('returns finals first, but lets only a few in a row pass a partial of another key', () => {
      const finals = Array.from({ length: 11 }, (_, at) => request(`final ${at + 1}`, 'final', {}, 'a'));
      const partials = [1, 2].map((at) => request(`partial ${at}`, 'partial', {}, 'b'));
      expect(orderOf(...finals, ...partials)).toEqual([
        ...['final 1', 'final 2', 'final 3', 'final 4', 'partial 1'],
        ...['final 5', 'final 6', 'final 7', 'final 8', 'partial 2'],
        ...['final 9', 'final 10', 'final 11'],
      ]);
    });

    it('lets all finals of a key pass its own partials', () => {
      const finals = Array.from({ length: 9 }, (_, at) => request(`final ${at + 1}`, 'final', {}, 'a'));
      const order = orderOf(request('partial', 'partial', {}, 'a'), ...finals);
      expect(order.at(-1)).toBe('partial');
    });

    it('lets the partials of the keys take turns', () => {
      const ofA = [1, 2, 3].map((at) => request(`a${at}`, 'partial', {}, 'a'));
      expect(orderOf(...ofA, request('b1', 'partial', {}, 'b'))).toEqual(['a1', 'b1', 'a2', 'a3']);
    });

    it('is full for the key that fills it, and not for one that has less than its share', () => {
      const queue = new RequestQueue<ReturnType<typeof request>>();
      const isFull = (): readonly boolean[] => ['a', 'b', 'c'].map((key) => queue.isFullFor(key, 6));
      for (const each of recordings('a', 5)) queue.add(each);
      expect(isFull()).toEqual([false, false, false]);
      queue.add(request('a6', 'recording', {}, 'a'));
      expect(isFull()).toEqual([true, false, false]);
      for (const each of recordings('b', 3)) queue.add(each);
      expect(isFull()).toEqual([true, true, false]);
      for (const each of recordings('c', 2)) queue.add(each);
      expect(isFull()).toEqual([true, true, true]);
    });
  });

  it('forgets what is removed', () => {
    const queue = new RequestQueue<ReturnType<typeof request>>();
    const gone = request('gone', 'final');
    queue.add(gone);
    expect(queue.remove(gone)).toBe(true);
    expect(queue.remove(gone)).toBe(false);
    expect(queue.size).toBe(0);
  });
});
