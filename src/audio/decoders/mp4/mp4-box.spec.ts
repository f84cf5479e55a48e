import { describe, expect, it } from 'vitest';
import { box } from '../../../../test/support/mp4-writer.js';
import { boxesIn } from './mp4-box.js';

describe('boxesIn', () => {
  it('gives the boxes of a part, with what is in them', () => {
    const parts = [box('free'), box('trak', Uint8Array.of(1, 2))];
    expect([...boxesIn(new Uint8Array(Buffer.concat(parts)))]).toEqual([
      { type: 'free', start: 8, end: 8 },
      { type: 'trak', start: 16, end: 18 },
    ]);
  });

  it('gives no more than ten thousand of millions of empty ones', () => {
    const empty = box('trak');
    const many = new Uint8Array(empty.length * 3_000_000);
    for (let at = 0; at < many.length; at += empty.length) many.set(empty, at);
    expect([...boxesIn(many)]).toHaveLength(10_000);
  });
});
