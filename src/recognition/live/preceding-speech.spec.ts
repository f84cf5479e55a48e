import { describe, expect, it } from 'vitest';
import { SpeechError } from '../../common/errors/speech-error.js';
import type { Hypothesis } from '../../speech-model/hypothesis.js';
import { PrecedingSpeech } from './preceding-speech.js';

const second = Math.round(1_000 / 32);
const decodedAs = (...tokens: number[]): Promise<Hypothesis> =>
  Promise.resolve({ text: '', tokens, tokenBytes: [], tokenLogProbs: [], stopReason: 'end-of-text' });
const speech = (from: number, to: number) => ({
  start: from * second,
  end: to * second,
  audioStart: from * second - 15,
});

const limits = { contextMs: 8_000, togetherMs: 15_000, partedByMs: 800 };

describe('the speech before a segment', () => {
  it('is context where the segment follows it soon', async () => {
    const preceding = new PrecedingSpeech(limits);
    preceding.addSegment(speech(1, 3), decodedAs(5, 6));
    const context = preceding.contextOf(Math.round(3.6 * second), 4 * second);
    expect(context?.audioStart).toBe(second - 15);
    await context?.known;
    expect(context?.prefix).toEqual([5, 6]);
  });

  it('takes in all segments that follow each other soon, up to a length', async () => {
    const preceding = new PrecedingSpeech(limits);
    preceding.addSegment(speech(1, 7), decodedAs(1));
    preceding.addSegment(speech(7.5, 9), decodedAs(2));
    preceding.addSegment(speech(9.5, 11), decodedAs(3));
    const context = preceding.contextOf(Math.round(11.5 * second), 13 * second);
    await context?.known;
    expect(context?.prefix).toEqual([2, 3]);
    expect(preceding.oldestNeeded).toBeLessThanOrEqual(context!.audioStart);
  });

  it('is not context behind a longer pause', () => {
    const preceding = new PrecedingSpeech(limits);
    preceding.addSegment(speech(1, 3), decodedAs(5));
    preceding.addSegment(speech(4, 5), decodedAs(6));
    expect(preceding.contextOf(6 * second, 7 * second)).toBeUndefined();
    expect(preceding.contextOf(Math.round(5.5 * second), 6 * second)?.audioStart).toBe(4 * second - 15);
  });

  it('is left out once the segment is long enough by itself', () => {
    const preceding = new PrecedingSpeech(limits);
    preceding.addSegment(speech(1, 4), decodedAs(1));
    preceding.addSegment(speech(4.5, 6), decodedAs(2));
    const start = Math.round(6.5 * second);
    expect(preceding.contextOf(start, 12 * second)?.audioStart).toBe(second - 15);
    expect(preceding.contextOf(start, 17 * second)?.audioStart).toBe(4.5 * second - 15);
    expect(preceding.contextOf(start, 20 * second)).toBeUndefined();
  });

  it('is not a prefix where the final of a part of it has failed', async () => {
    const preceding = new PrecedingSpeech(limits);
    preceding.addSegment(speech(1, 2), decodedAs(5));
    preceding.addSegment(speech(2.5, 3), Promise.resolve(new SpeechError('INFERENCE_FAILED', 'lost')));
    const context = preceding.contextOf(Math.round(3.5 * second), 4 * second);
    expect(context?.prefix).toBeUndefined();
    await context?.known;
    expect(context?.prefix).toBeUndefined();
  });

  it('is not kept through silence, nor when it is forgotten', () => {
    const preceding = new PrecedingSpeech(limits);
    preceding.addSegment(speech(1, 2), decodedAs(5));
    preceding.passSilence(Math.round(2.5 * second));
    expect(preceding.oldestNeeded).toBe(second - 15);
    preceding.passSilence(3 * second);
    expect(preceding.oldestNeeded).toBe(Infinity);
    preceding.addSegment(speech(4, 5), decodedAs(5));
    preceding.forgetAll();
    expect(preceding.contextOf(5 * second, 6 * second)).toBeUndefined();
  });
});
