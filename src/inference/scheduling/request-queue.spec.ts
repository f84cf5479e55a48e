import { describe, expect, it } from 'vitest';
import { RequestQueue } from './request-queue.js';
import type { Priority } from './request-queue.js';

const request = (name: string, priority: Priority, owner: object = {}) => ({ name, priority, owner });
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

  it('forgets what is removed', () => {
    const queue = new RequestQueue<ReturnType<typeof request>>();
    const gone = request('gone', 'final');
    queue.add(gone);
    expect(queue.remove(gone)).toBe(true);
    expect(queue.remove(gone)).toBe(false);
    expect(queue.size).toBe(0);
  });
});
