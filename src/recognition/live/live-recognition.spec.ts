import { describe, expect, it } from 'vitest';
import { LiveBench, wordless } from '../../../test/support/live-bench.js';
import type { DecodePiece } from '../../inference/inference-messages.js';
import { windowSamples } from '../../speech-model/vad-window.js';

describe('LiveRecognition, asked for a quiet moment', () => {
  it('has none while the last final is decoded, nor where somebody speaks again before that', async () => {
    const bench = new LiveBench();
    bench.say('first');
    await bench.until(() => bench.types.includes('speech-end'));
    let quiet = false;
    const waiting = bench.stream.quiet().then(() => (quiet = true));
    await bench.detected();
    expect(quiet).toBe(false);
    bench.say('second');
    await bench.pool.finish('first');
    await bench.until(() => bench.pool.started.length === 2);
    expect([quiet, bench.stream.isQuiet]).toEqual([false, false]);
    await bench.pool.finish('second');
    await waiting;
    expect(bench.stream.isQuiet).toBe(true);
    expect(bench.finals).toEqual(['first', 'second']);
  });

  it('has one where nobody speaks once all audio is detected, and after the end', async () => {
    const bench = new LiveBench();
    bench.send(40, 0);
    expect(bench.stream.isQuiet).toBe(false);
    await bench.stream.quiet();
    bench.stream.inputFinished();
    await bench.stream.quiet();
    await bench.ended;
    expect(bench.events).toEqual([]);
  });
});

describe('LiveRecognition where somebody speaks again', () => {
  const decodedPieces = async (pauseWindowsBetween: number): Promise<readonly DecodePiece[]> => {
    const bench = new LiveBench();
    bench.say('first', pauseWindowsBetween);
    bench.say('second');
    bench.stream.inputFinished();
    await bench.until(() => bench.pool.started.length === 1);
    await bench.pool.finish('first');
    await bench.until(() => bench.pool.started.length === 2);
    await bench.pool.finish(bench.pool.started[1]!);
    await bench.ended;
    expect(bench.events.filter(({ type }) => type === 'segment-final')).toHaveLength(2);
    return bench.pool.pieces;
  };

  it('decodes it together with the speech before a short pause, whose text stays as it is', async () => {
    const [first, second] = await decodedPieces(15);
    expect(first?.prefix).toBeUndefined();
    expect(second?.prefix).toEqual([1]);
    const speech = 20 * windowSamples;
    const samples = second?.samples ?? new Float32Array();
    expect(samples.subarray(0, speech).every((sample) => sample === 1)).toBe(true);
    expect(samples.subarray(speech, speech + 15 * windowSamples).every((sample) => sample === 0)).toBe(true);
    expect(samples[speech + 15 * windowSamples]).toBe(2);
  });

  it('decodes it by itself after a longer pause', async () => {
    const [, second] = await decodedPieces(30);
    expect(second?.prefix).toBeUndefined();
    expect(second?.samples.includes(1)).toBe(false);
  });
});

describe('LiveRecognition, asked where utterances end', () => {
  it('says so after a sound without words, and with the time of the last word', async () => {
    const bench = new LiveBench({ options: { utteranceEndMs: 1_000 } });
    bench.say('first');
    await bench.until(() => bench.pool.started.length === 1);
    await bench.pool.finish('first');
    bench.send(6, wordless);
    bench.send(60, 0);
    bench.stream.inputFinished();
    await bench.until(() => bench.pool.started.length === 2);
    await bench.pool.finish(bench.pool.started[1]!);
    await bench.ended;
    const ends = bench.events.filter(({ type }) => type === 'utterance-end');
    expect(ends).toEqual([{ type: 'utterance-end', lastWordEndMs: 20 * 32 }]);
  });

  it('says so where a pause ends no utterance', async () => {
    const bench = new LiveBench({ options: { utteranceEndMs: 1_000, pauseEndsUtterance: false } });
    bench.say('first', 60);
    await bench.until(() => bench.pool.started.length === 1);
    await bench.pool.finish('first');
    await bench.until(() => bench.types.includes('utterance-end'));
    bench.stream.inputFinished();
    await bench.ended;
    expect(bench.types).toEqual(['speech-start', 'segment-final', 'utterance-end', 'speech-end']);
  });

  it('says so after a segment that failed', async () => {
    const bench = new LiveBench({ options: { utteranceEndMs: 1_000 } });
    bench.say('first');
    await bench.until(() => bench.pool.started.length === 1);
    await bench.pool.finish('first');
    bench.say('second', 60);
    bench.stream.inputFinished();
    await bench.until(() => bench.pool.started.length === 2);
    await bench.pool.finish('second', new Error('lost'));
    await bench.ended;
    expect(bench.types).toContain('segment-failed');
    expect(bench.events.filter(({ type }) => type === 'utterance-end')).toHaveLength(1);
  });
});

describe('LiveRecognition at the end of its input', () => {
  it('puts silence after the last sample, because the detector notices a word late', async () => {
    const bench = new LiveBench({ lateWindows: 3 });
    bench.stream.acceptWaveform(new Float32Array(3 * windowSamples + 100).fill(1));
    bench.stream.inputFinished();
    await bench.until(() => bench.pool.started.length === 1);
    await bench.pool.finish('first');
    await bench.ended;
    expect(bench.finals).toEqual(['first']);
  });

  it('asks its source to wait before it holds more than a few seconds of audio', async () => {
    const bench = new LiveBench();
    const second = new Float32Array(16_000);
    const welcome = Array.from({ length: 5 }, () => bench.stream.acceptWaveform(second));
    expect(welcome).toEqual([true, true, true, false, false]);
    await bench.stream.drained();
    expect(bench.stream.acceptWaveform(second.subarray(0, 100))).toBe(true);
    bench.stream.inputFinished();
    await bench.ended;
    expect(bench.events).toEqual([]);
  });
});
