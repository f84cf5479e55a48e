import { describe, expect, it } from 'vitest';
import { ScriptedPool } from '../../../test/support/scripted-pool.js';
import type { WorkerResult } from '../../inference/worker-process.js';
import type { DecodePiece, InferenceAnswer, InferenceRequest } from '../../inference/inference-messages.js';
import { Scheduler } from '../../inference/scheduling/scheduler.js';
import { SpeechDetector } from '../hearing/speech-detector.js';
import type { DetectingPool } from '../hearing/speech-detector.js';
import { windowSamples } from '../../speech-model/vad-window.js';
import { RecognitionObservers } from '../recognition-observers.js';
import { LiveRecognition } from './live-recognition.js';
import { OpenStreams } from './open-streams.js';
import { capabilitiesOf } from '../../families/moonshine/capabilities.js';
import { PartialPace } from './partial-pace.js';
import type { RecognitionEvent } from './recognition-stream.js';

const capabilities = capabilitiesOf(
  { id: 'scripted', version: 1, languages: ['en'], maxAudioSeconds: 30 },
  'rq',
);

/** Everything but zero is speech, so many windows late. */
class LevelPool implements DetectingPool {
  onIdle: () => void = () => undefined;
  readonly idleCount = 1;
  private readonly late: number[];

  constructor(lateWindows = 0) {
    this.late = Array.from({ length: lateWindows }, () => 0);
  }

  async run(body: InferenceRequest): Promise<WorkerResult<InferenceAnswer>> {
    if (body.type !== 'detect-speech') throw new Error('not asked for speech');
    await Promise.resolve();
    const stretches = body.stretches.map(({ samples, state }) => {
      const windows = Math.floor(samples.length / windowSamples);
      const context = samples.length - windows * windowSamples;
      const probabilities = Float32Array.from({ length: windows }, (_, at) => {
        this.late.push(samples[context + (at + 1) * windowSamples - 1] === 0 ? 0 : 1);
        return this.late.shift() ?? 0;
      });
      return { probabilities, state };
    });
    return { answer: { type: 'speech-probabilities', stretches }, computeMs: 0 };
  }
}

const pauseWindows = 10;
/** A sample of this value is speech to the detector, and no word to the model. */
const wordless = 3;
const names = ['', 'first', 'second', ''];

/** A stream over workers that finish when they are told to; samples of value 1 are "first", of value 2 "second". */
class Bench {
  readonly pool = new ScriptedPool(1, names);
  readonly events: RecognitionEvent[] = [];
  readonly lifetime = new AbortController();
  readonly stream: LiveRecognition;
  readonly ended: Promise<void>;

  constructor(
    lateWindows = 0,
    wishes: { partials?: boolean; utteranceEndMs?: number; pauseEndsUtterance?: boolean } = {},
  ) {
    this.stream = new LiveRecognition(
      {
        scheduler: new Scheduler(this.pool, 10),
        detector: new SpeechDetector(new LevelPool(lateWindows)),
        pace: new PartialPace({ intervalMs: 500, maxIntervalMs: 500 }),
        streams: new OpenStreams(),
        observer: new RecognitionObservers(),
        outage: { lastsMs: () => 0, longestMs: 1_000 },
      },
      {
        modelId: 'scripted',
        origin: undefined,
        confidence: capabilities.confidence,
        context: capabilities.context,
        partials: false,
        pauseEndsUtterance: true,
        utteranceEndMs: undefined,
        threshold: 0.5,
        targetWindows: 400,
        maxWindows: 500,
        splitPauseWindows: pauseWindows,
        goodPauseWindows: pauseWindows,
        minSpeechWindows: 2,
        preRollWindows: 0,
        tailWindows: pauseWindows,
        paddingSamples: 0,
        ...wishes,
      },
      this.lifetime.signal,
    );
    this.stream.start();
    this.ended = this.read();
  }

  /** Speech, and a pause that ends it. */
  say(name: 'first' | 'second', windowsOfPause = 3 * pauseWindows): void {
    this.stream.acceptWaveform(new Float32Array(20 * windowSamples).fill(names.indexOf(name)));
    this.stream.acceptWaveform(new Float32Array(windowsOfPause * windowSamples));
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  get finals(): readonly string[] {
    return this.events.flatMap((event) =>
      event.type === 'segment-final' ? event.segment.hypothesis.text : [],
    );
  }

  private async read(): Promise<void> {
    for await (const event of this.stream) this.events.push(event);
  }
}

describe('LiveRecognition, asked for a quiet moment', () => {
  it('has none while the last final is being made, nor while somebody speaks again by then', async () => {
    const bench = new Bench();
    bench.say('first');
    await bench.until(() => bench.events.some(({ type }) => type === 'speech-end'));
    let quiet = false;
    const waiting = bench.stream.quiet().then(() => (quiet = true));
    // Everything that happens at once has happened.
    await new Promise((resolve) => setTimeout(resolve, 30));
    bench.say('second');
    await bench.pool.finish('first');
    await bench.until(() => bench.pool.started.length === 2);
    expect([quiet, bench.stream.isQuiet]).toEqual([false, false]);
    await bench.pool.finish('second');
    await waiting;
    expect(bench.stream.isQuiet).toBe(true);
    expect(bench.finals).toEqual(['first', 'second']);
  });

  it('has one where nobody speaks, once all is heard that came, and after the end', async () => {
    const bench = new Bench();
    bench.stream.acceptWaveform(new Float32Array(40 * windowSamples));
    expect(bench.stream.isQuiet).toBe(false);
    await bench.stream.quiet();
    bench.stream.inputFinished();
    await bench.stream.quiet();
    await bench.ended;
    expect(bench.events).toEqual([]);
  });
});

describe('LiveRecognition where somebody speaks again', () => {
  const heardTogether = async (pauseWindowsBetween: number): Promise<readonly DecodePiece[]> => {
    const bench = new Bench();
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

  it('hears it together with what was said before a short pause, which stays as it is', async () => {
    const [first, second] = await heardTogether(15);
    expect(first?.prefix).toBeUndefined();
    expect(second?.prefix).toEqual([1]);
    const speech = 20 * windowSamples;
    const samples = second?.samples ?? new Float32Array();
    expect(samples.subarray(0, speech).every((sample) => sample === 1)).toBe(true);
    expect(samples.subarray(speech, speech + 15 * windowSamples).every((sample) => sample === 0)).toBe(true);
    expect(samples[speech + 15 * windowSamples]).toBe(2);
  });

  it('hears it by itself after a longer one', async () => {
    const [, second] = await heardTogether(30);
    expect(second?.prefix).toBeUndefined();
    expect(second?.samples.includes(1)).toBe(false);
  });
});

describe('LiveRecognition that makes partials', () => {
  const partials = (bench: Bench): string[] =>
    bench.events.flatMap((event) => (event.type === 'segment-partial' ? event.segment.hypothesis.text : []));

  it('keeps a partial of what was cleared out of what is said next', async () => {
    const bench = new Bench(0, { partials: true });
    bench.stream.acceptWaveform(new Float32Array(20 * windowSamples).fill(names.indexOf('first')));
    await bench.until(() => bench.pool.started.length === 1);
    bench.stream.clear();
    bench.say('second', 0);
    await bench.until(() => bench.events.filter(({ type }) => type === 'speech-start').length === 2);
    await bench.pool.finish('first');
    bench.stream.inputFinished();
    for (let at = 1; bench.finals.length === 0; at++) {
      await bench.until(() => bench.pool.started.length > at || bench.finals.length > 0);
      const name = bench.pool.started[at];
      if (name !== undefined) await bench.pool.finish(name);
    }
    await bench.ended;
    expect(partials(bench)).not.toContain('first');
    expect(bench.finals).toEqual(['second']);
  });
});

describe('LiveRecognition, asked where utterances end', () => {
  it('says so after a sound without words, and with the time of the last word', async () => {
    const bench = new Bench(0, { utteranceEndMs: 1_000 });
    bench.say('first');
    await bench.until(() => bench.pool.started.length === 1);
    await bench.pool.finish('first');
    bench.stream.acceptWaveform(new Float32Array(6 * windowSamples).fill(wordless));
    bench.stream.acceptWaveform(new Float32Array(60 * windowSamples));
    bench.stream.inputFinished();
    await bench.until(() => bench.pool.started.length === 2);
    await bench.pool.finish(bench.pool.started[1]!);
    await bench.ended;
    const ends = bench.events.filter(({ type }) => type === 'utterance-end');
    expect(ends).toEqual([{ type: 'utterance-end', lastWordEndMs: 20 * 32 }]);
  });

  it('says so where a pause ends no utterance', async () => {
    const bench = new Bench(0, { utteranceEndMs: 1_000, pauseEndsUtterance: false });
    bench.say('first', 60);
    await bench.until(() => bench.pool.started.length === 1);
    await bench.pool.finish('first');
    await bench.until(() => bench.events.some(({ type }) => type === 'utterance-end'));
    bench.stream.inputFinished();
    await bench.ended;
    expect(bench.events.map(({ type }) => type)).toEqual([
      'speech-start',
      'segment-final',
      'utterance-end',
      'speech-end',
    ]);
  });

  it('says so after a segment that failed', async () => {
    const bench = new Bench(0, { utteranceEndMs: 1_000 });
    bench.say('first');
    await bench.until(() => bench.pool.started.length === 1);
    await bench.pool.finish('first');
    bench.say('second', 60);
    bench.stream.inputFinished();
    await bench.until(() => bench.pool.started.length === 2);
    await bench.pool.finish('second', new Error('lost'));
    await bench.ended;
    expect(bench.events.map(({ type }) => type)).toContain('segment-failed');
    expect(bench.events.filter(({ type }) => type === 'utterance-end')).toHaveLength(1);
  });
});

describe('LiveRecognition at the end of its input', () => {
  it('hears silence after the last sample, because the detector notices a word late', async () => {
    const bench = new Bench(3);
    bench.stream.acceptWaveform(new Float32Array(3 * windowSamples + 100).fill(names.indexOf('first')));
    bench.stream.inputFinished();
    await bench.until(() => bench.pool.started.length === 1);
    await bench.pool.finish('first');
    await bench.ended;
    expect(bench.finals).toEqual(['first']);
  });

  it('asks its source to wait before it holds more than a few seconds that nobody has heard', async () => {
    const bench = new Bench();
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
