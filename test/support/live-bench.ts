import { capabilitiesOf } from '../../src/families/moonshine/capabilities.js';
import { Scheduler } from '../../src/inference/scheduling/scheduler.js';
import { silenceWindows } from '../../src/recognition/hearing/cutting.js';
import { SpeechDetector } from '../../src/recognition/hearing/speech-detector.js';
import type { DetectionOptions } from '../../src/recognition/live/live-detection.js';
import { LiveRecognition } from '../../src/recognition/live/live-recognition.js';
import type { UtteranceOptions } from '../../src/recognition/live/live-utterances.js';
import { OpenStreams } from '../../src/recognition/live/open-streams.js';
import { PartialPace } from '../../src/recognition/live/partial-pace.js';
import type { RecognitionEvent } from '../../src/recognition/live/recognition-stream.js';
import { windowSamples } from '../../src/speech-model/vad-window.js';
import { LevelPool } from './level-pool.js';
import { RememberingObserver } from './remembering-observer.js';
import { ScriptedPool } from './scripted-pool.js';

const { confidence, context } = capabilitiesOf(
  { id: 'scripted', version: 1, languages: ['en'], maxAudioSeconds: 30 },
  'rq',
);

export const pauseWindows = 10;
/** A sample of this value is speech to the detector, and has no word for the model. */
export const wordless = 3;
const names = ['', 'first', 'second', '', 'another stream'];

export interface BenchSetup {
  /** Windows by which the detector is late. */
  readonly lateWindows?: number;
  readonly workers?: number;
  readonly options?: Partial<DetectionOptions & UtteranceOptions>;
  /** How long there has been no process. */
  readonly outageMs?: () => number;
}

/** A stream over workers that finish when they are told to; samples of value 1 are "first", of value 2 "second". */
export class LiveBench {
  readonly pool: ScriptedPool;
  readonly observer = new RememberingObserver();
  readonly streams = new OpenStreams();
  readonly events: RecognitionEvent[] = [];
  readonly lifetime = new AbortController();
  readonly stream: LiveRecognition;
  /** Resolves with what the stream failed with, if it did. */
  readonly ended: Promise<unknown>;
  private readonly scheduler: Scheduler;
  private readonly voiceActivity: LevelPool;
  private sentWindows = silenceWindows;

  constructor({ lateWindows = 0, workers = 1, options = {}, outageMs = () => 0 }: BenchSetup = {}) {
    this.pool = new ScriptedPool(workers, names);
    this.voiceActivity = new LevelPool(lateWindows);
    const { observer, streams } = this;
    this.scheduler = new Scheduler(this.pool, 10, { observer });
    this.stream = new LiveRecognition(
      {
        scheduler: this.scheduler,
        detector: new SpeechDetector(this.voiceActivity),
        pace: new PartialPace({ intervalMs: 500, maxIntervalMs: 500 }),
        streams,
        observer,
        outage: { lastsMs: outageMs, longestMs: 1_000 },
      },
      {
        modelId: 'scripted',
        origin: undefined,
        confidence,
        context,
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
        ...options,
      },
      this.lifetime.signal,
    );
    this.stream.start();
    this.ended = this.read();
  }

  /** Gives a worker a decode of another stream, until `another stream` is finished. */
  occupyWorker(): void {
    void this.scheduler.enqueue({
      modelId: 'scripted',
      priority: 'final',
      owner: {},
      piece: () => ({ samples: Float32Array.of(names.indexOf('another stream')), speechDetected: true }),
      signal: new AbortController().signal,
    });
  }

  /** Speech, and a pause that ends it. */
  say(name: 'first' | 'second', windowsOfPause = 3 * pauseWindows): void {
    this.send(20, names.indexOf(name));
    this.send(windowsOfPause, 0);
  }

  /** Windows in which each sample has that value; 0 is silence. */
  send(windows: number, value: number): void {
    this.sentWindows += windows;
    this.stream.acceptWaveform(new Float32Array(windows * windowSamples).fill(value));
  }

  /** Resolves when the detector has had all windows that were sent, and everything has followed from them. */
  async detected(): Promise<void> {
    await this.until(() => this.voiceActivity.windowCount >= this.sentWindows);
    await this.turn();
  }

  /** Lets all promises that are settled have their effect. */
  async turn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }

  async until(holds: () => boolean, limitMs = 4_000): Promise<void> {
    const end = performance.now() + limitMs;
    while (!holds()) {
      if (performance.now() > end) throw new Error(`not within ${limitMs} ms: ${holds.toString()}`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** Finishes each run as soon as it has begun, until the stream has ended. */
  async finishAll(): Promise<void> {
    let isEnded = false;
    void this.ended.then(() => (isEnded = true));
    await this.until(() => {
      for (const name of this.pool.running) void this.pool.finish(name);
      return isEnded;
    });
  }

  get types(): readonly RecognitionEvent['type'][] {
    return this.events.map(({ type }) => type);
  }

  get finals(): readonly string[] {
    return this.events.flatMap((event) =>
      event.type === 'segment-final' ? event.segment.hypothesis.text : [],
    );
  }

  get partials(): readonly string[] {
    return this.events.flatMap((event) =>
      event.type === 'segment-partial' ? event.segment.hypothesis.text : [],
    );
  }

  private async read(): Promise<unknown> {
    try {
      for await (const event of this.stream) this.events.push(event);
      return undefined;
    } catch (error) {
      return error;
    }
  }
}
