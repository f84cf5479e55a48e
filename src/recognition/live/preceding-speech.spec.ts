import { describe, expect, it } from 'vitest';
import { SpeechError } from '../../common/errors/speech-error.js';
import type { Hypothesis } from '../../speech-model/hypothesis.js';
import { PrecedingSpeech } from './preceding-speech.js';

const second = Math.round(1_000 / 32);
const heardAs = (...tokens: number[]): Promise<Hypothesis> =>
  Promise.resolve({ text: '', tokens, tokenBytes: [], tokenLogProbs: [], stopReason: 'end-of-text' });
const speech = (from: number, to: number) => ({
  start: from * second,
  end: to * second,
  audioStart: from * second - 15,
});

const limits = { contextMs: 8_000, togetherMs: 15_000, partedByMs: 800 };

describe('the speech before a segment', () => {
  it('is heard again where the segment follows it soon', async () => {
    const preceding = new PrecedingSpeech(limits);
    preceding.add(speech(1, 3), heardAs(5, 6));
    const context = preceding.before(Math.round(3.6 * second), 4 * second);
    expect(context?.audioStart).toBe(second - 15);
    await context?.known;
    expect(context?.prefix).toEqual([5, 6]);
  });

  it('is all that follows each other soon, as far as it is not too long', async () => {
    const preceding = new PrecedingSpeech(limits);
    preceding.add(speech(1, 7), heardAs(1));
    preceding.add(speech(7.5, 9), heardAs(2));
    preceding.add(speech(9.5, 11), heardAs(3));
    const context = preceding.before(Math.round(11.5 * second), 13 * second);
    await context?.known;
    expect(context?.prefix).toEqual([2, 3]);
    expect(preceding.oldestNeeded).toBeLessThanOrEqual(context!.audioStart);
  });

  it('is another matter behind a longer pause', () => {
    const preceding = new PrecedingSpeech(limits);
    preceding.add(speech(1, 3), heardAs(5));
    preceding.add(speech(4, 5), heardAs(6));
    expect(preceding.before(6 * second, 7 * second)).toBeUndefined();
    expect(preceding.before(Math.round(5.5 * second), 6 * second)?.audioStart).toBe(4 * second - 15);
  });

  it('is left out once the segment is long enough to do without', () => {
    const preceding = new PrecedingSpeech(limits);
    preceding.add(speech(1, 4), heardAs(1));
    preceding.add(speech(4.5, 6), heardAs(2));
    const start = Math.round(6.5 * second);
    expect(preceding.before(start, 12 * second)?.audioStart).toBe(second - 15);
    expect(preceding.before(start, 17 * second)?.audioStart).toBe(4.5 * second - 15);
    expect(preceding.before(start, 20 * second)).toBeUndefined();
  });

  it('is of no use where a part of it was not understood', async () => {
    const preceding = new PrecedingSpeech(limits);
    preceding.add(speech(1, 2), heardAs(5));
    preceding.add(speech(2.5, 3), Promise.resolve(new SpeechError('INFERENCE_FAILED', 'lost')));
    const context = preceding.before(Math.round(3.5 * second), 4 * second);
    expect(context?.prefix).toBeUndefined();
    await context?.known;
    expect(context?.prefix).toBeUndefined();
  });

  it('is not kept through silence, nor when it is forgotten', () => {
    const preceding = new PrecedingSpeech(limits);
    preceding.add(speech(1, 2), heardAs(5));
    preceding.silentUntil(Math.round(2.5 * second));
    expect(preceding.oldestNeeded).toBe(second - 15);
    preceding.silentUntil(3 * second);
    expect(preceding.oldestNeeded).toBe(Infinity);
    preceding.add(speech(4, 5), heardAs(5));
    preceding.forget();
    expect(preceding.before(5 * second, 6 * second)).toBeUndefined();
  });
});
