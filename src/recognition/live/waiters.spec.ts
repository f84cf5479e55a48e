import { describe, expect, it } from 'vitest';
import { Waiters } from './waiters.js';

describe('Waiters', () => {
  it('are all released at once, and those that come later wait for the next time', async () => {
    const waiters = new Waiters();
    const released: string[] = [];
    const wait = (name: string): Promise<unknown> => waiters.wait().then(() => released.push(name));
    const [first, second] = [wait('first'), wait('second')];
    waiters.release();
    const third = wait('third');
    await Promise.all([first, second]);
    expect(released).toEqual(['first', 'second']);
    waiters.release();
    await third;
    expect(released).toEqual(['first', 'second', 'third']);
  });
});
