import { describe, expect, it } from 'vitest';
import { ScriptedDecode, ScriptedSource, span } from '../../../test/support/scripted-decodes.js';
import type { SpeechError } from '../../common/errors/speech-error.js';
import type { Hypothesis, StopReason } from '../../speech-model/hypothesis.js';
import type { OpenSpan, SpeechSpan } from '../hearing/speech-segmenter.js';
import { PartialPace } from './partial-pace.js';
import { PrecedingSpeech } from './preceding-speech.js';
import { SegmentTranscriber } from './segment-transcriber.js';

const answer = (text: string, stopReason: StopReason = 'end-of-text'): Hypothesis => ({
  text,
  tokens: [text.length],
  tokenBytes: [new Uint8Array(0)],
  tokenLogProbs: [0],
  stopReason,
});

const openSpan = (start: number, end: number): OpenSpan => ({
  start,
  end,
  audioStart: start,
  speechWindows: end - start,
});

/** The model detects no language. */
const asItIs = (hypothesis: Hypothesis): Promise<Hypothesis> => Promise.resolve(hypothesis);
const limits = { contextMs: 8_000, togetherMs: 15_000, partedByMs: 800 };

class Bench {
  readonly source = new ScriptedSource();
  readonly decodes: ScriptedDecode[] = [];
  readonly lifetime = new AbortController();
  readonly pace = new PartialPace({ intervalMs: 500, maxIntervalMs: 5_000 });
  readonly taken: string[] = [];
  generation = 0;
  finals = 0;
  readonly transcriber = new SegmentTranscriber({
    decoder: {
      decode: (...request) => this.decodes[this.decodes.push(new ScriptedDecode(...request)) - 1]!.hypothesis,
      holdToLanguage: asItIs,
    },
    source: this.source,
    pace: this.pace,
    generation: () => this.generation,
    preceding: new PrecedingSpeech(limits),
    signal: this.lifetime.signal,
    onFinal: () => this.finals++,
  });

  speak(start: number, end: number): void {
    this.source.open = openSpan(start, end);
    this.source.windowCount = end;
  }

  partial(draft: readonly number[] = []): Promise<Hypothesis | undefined> {
    return this.transcriber.decodePartial({ draft, onTaken: () => this.taken.push('partial') });
  }

  /** Resolves when the decode has been asked for. */
  async ahead(endWindow: number): Promise<{ readonly answer: Promise<Hypothesis | undefined> }> {
    const onTaken = (): unknown => this.taken.push('ahead');
    const decoding = this.transcriber.decodeAhead(this.source.open!, endWindow, { draft: [], onTaken });
    await turn();
    return { answer: decoding };
  }

  /** As the tracker and the plan have it: the generation changes first. */
  close(closed: SpeechSpan, isAhead = false): Promise<Hypothesis | SpeechError> {
    this.generation++;
    this.source.open = undefined;
    return this.transcriber.decodeFinal(closed, [], isAhead);
  }

  /** The open segment is cleared, or dropped as too short. */
  forget(): void {
    this.generation++;
    this.source.open = undefined;
    this.transcriber.forgetSegment();
  }
}

/** Lets all promises that are settled have their effect. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('SegmentTranscriber: a partial', () => {
  it('has the newest audio of the moment at which a worker takes it, and its draft', async () => {
    const bench = new Bench();
    bench.speak(5, 20);
    const partial = bench.partial([7]);
    bench.speak(5, 40);
    bench.decodes[0]!.take();
    expect(bench.decodes[0]!.audio).toEqual({
      samples: Float32Array.of(5, 40),
      peakProbability: 1,
      draft: [7],
    });
    expect(bench.taken).toEqual(['partial']);
    bench.decodes[0]!.answer(answer('one'));
    expect((await partial)?.text).toBe('one');
  });

  it('is cancelled in the queue when its segment is closed, and costs no decode', async () => {
    const bench = new Bench();
    bench.speak(5, 20);
    const partial = bench.partial();
    void bench.close(span(5, 20));
    expect(await partial).toBeUndefined();
    const [waiting, final] = bench.decodes;
    expect([waiting!.isCancelled, waiting!.audio, final!.priority]).toEqual([true, undefined, 'final']);
    expect(bench.taken).toEqual([]);
  });

  it('is cancelled in the queue when its segment is forgotten', async () => {
    const bench = new Bench();
    bench.speak(5, 20);
    const partial = bench.partial();
    bench.forget();
    expect(await partial).toBeUndefined();
    expect(bench.decodes.map(({ isCancelled }) => isCancelled)).toEqual([true]);
  });

  it('is discarded where its segment was closed while a worker had it, and not cancelled', async () => {
    const bench = new Bench();
    bench.speak(5, 20);
    const partial = bench.partial();
    bench.decodes[0]!.take();
    void bench.close(span(5, 20));
    bench.speak(30, 40);
    expect(bench.decodes[0]!.isCancelled).toBe(false);
    bench.decodes[0]!.answer(answer('old'));
    expect(await partial).toBeUndefined();
  });

  it('is discarded where its segment was forgotten while a worker had it', async () => {
    const bench = new Bench();
    bench.speak(5, 20);
    const partial = bench.partial();
    bench.decodes[0]!.take();
    bench.forget();
    bench.speak(30, 40);
    bench.decodes[0]!.answer(answer('old'));
    expect(await partial).toBeUndefined();
  });

  it('is discarded where a final overtook it, whose text stands', async () => {
    const bench = new Bench();
    bench.speak(5, 20);
    const partial = bench.partial();
    bench.decodes[0]!.take();
    const final = bench.close(span(5, 20));
    await turn();
    bench.decodes[1]!.answer(answer('final'));
    expect(await final).toMatchObject({ text: 'final' });
    bench.decodes[0]!.answer(answer('late'));
    expect(await partial).toBeUndefined();
  });

  it('is left out where decoding fails', async () => {
    const bench = new Bench();
    bench.speak(5, 20);
    const partial = bench.partial();
    bench.decodes[0]!.fail();
    expect(await partial).toBeUndefined();
  });

  it('ends with the stream, whether it waits or a worker has it', async () => {
    const bench = new Bench();
    bench.speak(5, 20);
    const waiting = bench.partial();
    const running = bench.partial();
    bench.decodes[1]!.take();
    bench.lifetime.abort();
    expect(await Promise.all([waiting, running])).toEqual([undefined, undefined]);
    expect(await bench.partial()).toBeUndefined();
    expect(bench.decodes.map(({ isCancelled }) => isCancelled)).toEqual([true, true, true]);
  });

  it('slows the pace of all streams where it waited long, and not where it was cancelled soon', async () => {
    const bench = new Bench();
    bench.speak(5, 20);
    const cancelled = bench.partial();
    bench.forget();
    await cancelled;
    expect(bench.pace.intervalMs).toBe(500);
    bench.speak(30, 40);
    const slow = bench.partial();
    bench.decodes[1]!.take();
    bench.decodes[1]!.answer(answer('one'), 1_000);
    await slow;
    expect(bench.pace.intervalMs).toBeGreaterThan(500);
  });
});

describe('SegmentTranscriber: a decode ahead of the end', () => {
  it('goes among the partials, with the audio that the final would have', async () => {
    const bench = new Bench();
    bench.speak(5, 20);
    const { answer: ahead } = await bench.ahead(35);
    bench.decodes[0]!.take();
    expect(bench.decodes[0]!.priority).toBe('partial');
    expect(bench.decodes[0]!.audio?.samples).toEqual(Float32Array.of(5, 35));
    expect(bench.taken).toEqual(['ahead']);
    bench.decodes[0]!.answer(answer('one'));
    expect((await ahead)?.text).toBe('one');
  });

  it('becomes the final where a worker has taken it, and is not a partial too', async () => {
    const bench = new Bench();
    bench.speak(5, 20);
    const { answer: ahead } = await bench.ahead(35);
    bench.decodes[0]!.take();
    const final = bench.close(span(5, 20), true);
    expect(bench.decodes[0]!.isCancelled).toBe(false);
    bench.decodes[0]!.answer(answer('one'));
    expect(await final).toMatchObject({ text: 'one' });
    expect(await ahead).toBeUndefined();
    expect(bench.decodes).toHaveLength(1);
  });

  it('is the final also where it was answered before the segment ended', async () => {
    const bench = new Bench();
    bench.speak(5, 20);
    const { answer: ahead } = await bench.ahead(35);
    bench.decodes[0]!.take();
    bench.decodes[0]!.answer(answer('one'));
    expect((await ahead)?.text).toBe('one');
    expect(await bench.close(span(5, 20), true)).toMatchObject({ text: 'one' });
    expect(bench.decodes).toHaveLength(1);
  });

  it('gives way to a final where it still waits', async () => {
    const bench = new Bench();
    bench.speak(5, 20);
    const { answer: ahead } = await bench.ahead(35);
    const final = bench.close(span(5, 20), false);
    await turn();
    expect(bench.decodes.map(({ priority }) => priority)).toEqual(['partial', 'final']);
    expect(bench.decodes[0]!.isCancelled).toBe(true);
    bench.decodes[1]!.answer(answer('one'));
    expect(await final).toMatchObject({ text: 'one' });
    expect(await ahead).toBeUndefined();
  });

  it('is decoded again as a final where it found no end', async () => {
    const bench = new Bench();
    bench.speak(5, 20);
    await bench.ahead(35);
    bench.decodes[0]!.take();
    const final = bench.close(span(5, 20), true);
    bench.decodes[0]!.answer(answer('one one one', 'repetition'));
    await turn();
    expect(bench.decodes.map(({ priority }) => priority)).toEqual(['partial', 'final']);
    bench.decodes[1]!.answer(answer('one'));
    expect(await final).toMatchObject({ text: 'one' });
  });

  it('fails the final where it fails after it became the final', async () => {
    const bench = new Bench();
    bench.speak(5, 20);
    await bench.ahead(35);
    bench.decodes[0]!.take();
    const final = bench.close(span(5, 20), true);
    bench.decodes[0]!.fail();
    expect(await final).toMatchObject({ code: 'INFERENCE_FAILED' });
  });

  it('is cancelled where speech goes on, and discarded even where its answer was there already', async () => {
    const bench = new Bench();
    bench.speak(5, 20);
    const { answer: running } = await bench.ahead(35);
    bench.decodes[0]!.take();
    bench.transcriber.cancelAhead();
    expect(await running).toBeUndefined();
    const { answer: answered } = await bench.ahead(35);
    bench.decodes[1]!.take();
    bench.decodes[1]!.answer(answer('old'));
    bench.transcriber.cancelAhead();
    expect(await answered).toBeUndefined();
    expect(bench.decodes.map(({ isCancelled }) => isCancelled)).toEqual([true, true]);
  });

  it('is cancelled where the segment is forgotten', async () => {
    const bench = new Bench();
    bench.speak(5, 20);
    const { answer: ahead } = await bench.ahead(35);
    bench.forget();
    expect(bench.decodes[0]!.isCancelled).toBe(true);
    expect(await ahead).toBeUndefined();
  });

  it('ends with the stream, also after it became the final', async () => {
    const bench = new Bench();
    bench.speak(5, 20);
    await bench.ahead(35);
    bench.decodes[0]!.take();
    const final = bench.close(span(5, 20), true);
    bench.lifetime.abort();
    expect(await final).toMatchObject({ code: 'CANCELLED' });
  });
});

describe('SegmentTranscriber: finals', () => {
  it('are counted until they are answered or have failed, whatever their order', async () => {
    const bench = new Bench();
    const first = bench.close(span(5, 20));
    const since = bench.transcriber.oldestFinalSince;
    const second = bench.close(span(100, 120));
    await turn();
    expect([bench.transcriber.finalsUnderWay, bench.finals]).toEqual([2, 0]);
    bench.decodes[1]!.fail();
    await second;
    expect([bench.transcriber.finalsUnderWay, bench.finals]).toEqual([1, 1]);
    expect(bench.transcriber.oldestFinalSince).toBe(since);
    bench.decodes[0]!.answer(answer('one'));
    await first;
    expect([bench.transcriber.finalsUnderWay, bench.finals]).toEqual([0, 2]);
    expect(bench.transcriber.oldestFinalSince).toBeUndefined();
  });

  it('end with the stream, whether they wait for a worker, run, or wait for their context', async () => {
    const bench = new Bench();
    const running = bench.close(span(5, 20));
    const waiting = bench.close(span(25, 40));
    await turn();
    bench.decodes[0]!.take();
    expect(bench.decodes).toHaveLength(1);
    bench.lifetime.abort();
    expect([await running, await waiting]).toMatchObject([{ code: 'CANCELLED' }, { code: 'CANCELLED' }]);
  });

  it('name an error that is not of the service as unexpected', async () => {
    const failing = new SegmentTranscriber({
      decoder: { decode: () => Promise.reject(new TypeError('a fault')), holdToLanguage: asItIs },
      source: new ScriptedSource(),
      pace: new PartialPace({ intervalMs: 500, maxIntervalMs: 500 }),
      generation: () => 0,
      preceding: new PrecedingSpeech(limits),
      signal: new AbortController().signal,
      onFinal: () => undefined,
    });
    expect(await failing.decodeFinal(span(5, 20), [], false)).toMatchObject({ code: 'INTERNAL' });
  });
});

describe('SegmentTranscriber: context', () => {
  it('is given to what follows soon, once the text before it is known', async () => {
    const bench = new Bench();
    void bench.close(span(5, 20));
    expect(bench.source.keptFrom).toBe(5);
    void bench.close(span(25, 40));
    await turn();
    expect(bench.decodes).toHaveLength(1);
    bench.decodes[0]!.answer(answer('four'));
    await turn();
    bench.decodes[1]!.take();
    const continues = { samples: Float32Array.of(5, 40), prefix: [4] };
    expect(bench.decodes[1]!.audio).toMatchObject({ samples: Float32Array.of(25, 40), continues });
  });

  it('is left out where the segment before has failed, or a partial does not know its text yet', async () => {
    const bench = new Bench();
    void bench.close(span(5, 20));
    await turn();
    bench.speak(25, 40);
    void bench.partial();
    bench.decodes[1]!.take();
    expect(bench.decodes[1]!.audio?.continues).toBeUndefined();
    void bench.close(span(25, 40));
    bench.decodes[0]!.fail();
    await turn();
    bench.decodes[2]!.take();
    expect(bench.decodes[2]!.audio?.continues).toBeUndefined();
  });

  it('is not kept through silence, nor across an end that was asked for', async () => {
    const bench = new Bench();
    void bench.close(span(5, 20));
    bench.transcriber.passSilence(30);
    expect(bench.source.keptFrom).toBe(5);
    bench.transcriber.passSilence(100);
    expect(bench.source.keptFrom).toBe(Infinity);
    void bench.close(span(105, 120));
    bench.transcriber.forgetContext();
    expect(bench.source.keptFrom).toBe(Infinity);
    bench.speak(121, 130);
    void bench.partial();
    await turn();
    bench.decodes.at(-1)!.take();
    expect(bench.decodes.map(({ audio }) => audio?.continues)).toEqual([undefined, undefined, undefined]);
  });
});
