import { describe, expect, it } from 'vitest';
import { UtteranceEnds } from './utterance-ends.js';

const words = Promise.resolve(true);
const noWords = Promise.resolve(false);
const endAt = (lastWordEndMs: number) => ({ type: 'utterance-end', lastWordEndMs }) as const;

describe('the end of an utterance', () => {
  it('comes once, when the gap after the last word is long enough', async () => {
    const ends = new UtteranceEnds(1_500);
    ends.addSegment(1_000, words);
    expect(ends.findEnd(2_499)).toBeUndefined();
    expect(await ends.findEnd(2_500)).toEqual(endAt(1_000));
    expect(ends.findEnd(9_000)).toBeUndefined();
  });

  it('is not held up by a sound without words', async () => {
    const ends = new UtteranceEnds(1_500);
    ends.addSegment(1_000, words);
    ends.addSegment(1_800, noWords);
    expect(await ends.findEnd(2_500)).toEqual(endAt(1_000));
    expect(await ends.findEnd(3_300)).toBeUndefined();
  });

  it('comes after a sound without words that went on beyond the gap', async () => {
    const ends = new UtteranceEnds(1_500);
    ends.addSegment(1_000, words);
    ends.addSegment(5_000, noWords);
    expect(await ends.findEnd(5_300)).toEqual(endAt(1_000));
  });

  it('waits for the words that came before the gap was over', async () => {
    const ends = new UtteranceEnds(1_500);
    ends.addSegment(1_000, words);
    ends.addSegment(1_800, words);
    expect(await ends.findEnd(2_500)).toBeUndefined();
    expect(await ends.findEnd(3_300)).toEqual(endAt(1_800));
  });

  it('is found where the final comes after the gap', async () => {
    const ends = new UtteranceEnds(1_500);
    let decide: (has: boolean) => void = () => undefined;
    ends.addSegment(1_000, new Promise((resolve) => (decide = resolve)));
    const end = ends.findEnd(2_500);
    decide(true);
    expect(await end).toEqual(endAt(1_000));
  });

  it('does not come where there were no words, or nobody asks', async () => {
    const ends = new UtteranceEnds(1_500);
    ends.addSegment(1_000, noWords);
    expect(await ends.findEnd(2_500)).toBeUndefined();
    const unasked = new UtteranceEnds(undefined);
    unasked.addSegment(1_000, words);
    expect(unasked.findEnd(60_000)).toBeUndefined();
  });
});
