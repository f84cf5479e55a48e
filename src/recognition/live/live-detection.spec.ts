import { describe, expect, it } from 'vitest';
import { LevelPool } from '../../../test/support/level-pool.js';
import { windowSamples } from '../../speech-model/vad-window.js';
import { silenceWindows } from '../hearing/cutting.js';
import { SpeechDetector } from '../hearing/speech-detector.js';
import { LiveDetection } from './live-detection.js';
import type { DetectedWindow, DetectionOptions } from './live-detection.js';

const defaults: DetectionOptions = {
  threshold: 0.5,
  targetWindows: 400,
  maxWindows: 500,
  splitPauseWindows: 10,
  goodPauseWindows: 10,
  minSpeechWindows: 2,
  preRollWindows: 3,
  tailWindows: 4,
  paddingSamples: 0,
};

class Bench {
  readonly lifetime = new AbortController();
  readonly detection: LiveDetection;
  readonly windows: DetectedWindow[] = [];
  /** The audio of each span that ended, as it was with its last window. */
  readonly audio: Float32Array[] = [];

  readonly onWindow = (window: DetectedWindow): void => {
    const { closed } = window;
    const { detection } = this;
    this.windows.push(window);
    if (closed === undefined) return;
    this.audio.push(detection.audioBetween(detection.audioStartOf(closed), detection.audioEndOf(closed)));
  };

  constructor(options: Partial<DetectionOptions> = {}) {
    const detector = new SpeechDetector(new LevelPool());
    this.detection = new LiveDetection(detector, { ...defaults, ...options }, this.lifetime.signal);
  }

  async begin(): Promise<this> {
    await this.detection.detectLeadingSilence(this.onWindow);
    return this;
  }

  /** Appends samples of that value; 0 is silence. */
  append(samples: number, value: number): void {
    this.detection.appendSamples(new Float32Array(samples).fill(value));
  }

  async detectAll(until = this.detection.receivedSamples): Promise<void> {
    while (this.detection.detectedSamples < until) await this.detection.detectNext(until, this.onWindow);
  }

  get closed() {
    return this.windows.flatMap(({ closed }) => closed ?? []);
  }
}

describe('LiveDetection', () => {
  it('counts windows from silence before the input, and times from its first sample', async () => {
    const { detection, ...bench } = await new Bench().begin();
    expect(bench.windows.map(({ count }) => count)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(detection.windowCount).toBe(silenceWindows);
    const whole = await new Bench().begin();
    whole.append(10 * windowSamples, 1);
    await whole.detectAll();
    expect(whole.detection.open).toMatchObject({ start: silenceWindows, end: silenceWindows + 10 });
    expect(whole.detection.msOf(silenceWindows)).toBe(0);
    expect(whole.detection.msOf(silenceWindows + 5)).toBe(160);
  });

  it('gives no time behind the newest sample, nor before the first', async () => {
    const bench = await new Bench().begin();
    bench.append(3 * windowSamples, 1);
    await bench.detectAll();
    expect(bench.detection.msOf(silenceWindows + 100)).toBe(96);
    expect(bench.detection.msOf(0)).toBe(0);
  });

  it('takes a second at most at once, and nothing from the given sample on', async () => {
    const bench = await new Bench().begin();
    bench.append(40 * windowSamples, 1);
    await bench.detection.detectNext(Infinity, bench.onWindow);
    expect(bench.detection.detectedSamples).toBe(31 * windowSamples);
    await bench.detection.detectNext(32 * windowSamples, bench.onWindow);
    expect(bench.detection.detectedSamples).toBe(32 * windowSamples);
  });

  it('reports with which window a span ends, and with which a click does', async () => {
    const bench = await new Bench().begin();
    bench.append(20 * windowSamples, 1);
    bench.append(15 * windowSamples, 0);
    bench.append(windowSamples, 1);
    bench.append(15 * windowSamples, 0);
    await bench.detectAll();
    const start = silenceWindows;
    expect(bench.closed).toMatchObject([{ start, end: start + 20, endedBy: 'pause' }]);
    expect(bench.windows.filter(({ closed }) => closed !== undefined)).toMatchObject([
      { count: start + 30, open: undefined, dropped: false },
    ]);
    expect(bench.windows.filter(({ dropped }) => dropped)).toMatchObject([
      { count: start + 46, open: undefined, closed: undefined },
    ]);
  });

  it('gives the audio of a span with what is kept before and after it', async () => {
    const bench = await new Bench({ paddingSamples: 7 }).begin();
    bench.append(6 * windowSamples, 0);
    bench.append(20 * windowSamples, 0.5);
    bench.append(12 * windowSamples, 0);
    await bench.detectAll();
    const audio = bench.audio[0]!;
    expect(audio).toHaveLength((3 + 20 + 4) * windowSamples + 14);
    const speech = audio.findIndex((sample) => sample !== 0);
    expect(speech).toBe(7 + 3 * windowSamples);
    expect(audio.filter((sample) => sample === 0.5)).toHaveLength(20 * windowSamples);
  });

  it('gives the audio up to the newest sample while a span is open', async () => {
    const bench = await new Bench().begin();
    bench.append(20 * windowSamples + 100, 0.5);
    await bench.detectAll();
    const { detection } = bench;
    const audio = detection.audioBetween(detection.audioStartOf(detection.open!), undefined);
    expect(audio).toHaveLength(20 * windowSamples + 100);
    expect([detection.openPeakProbability, detection.inputPeakProbability]).toEqual([1, 1]);
  });

  it('keeps audio that somebody still needs, and forgets the rest', async () => {
    const bench = await new Bench().begin();
    bench.append(20 * windowSamples, 0.5);
    await bench.detectAll();
    bench.detection.keepFrom(silenceWindows);
    for (let second = 0; second < 5; second++) {
      bench.append(31 * windowSamples, 0);
      await bench.detectAll();
    }
    const speech = (): number =>
      bench.detection.audioBetween(silenceWindows, silenceWindows + 20).filter((sample) => sample !== 0)
        .length;
    expect(speech()).toBe(20 * windowSamples);
    bench.detection.keepFrom(Infinity);
    bench.append(31 * windowSamples, 0);
    await bench.detectAll();
    expect(speech()).toBe(0);
  });

  it('ends the open span at the newest sample, also within a window, and goes on behind it', async () => {
    const bench = await new Bench().begin();
    bench.append(5 * windowSamples + 100, 0.5);
    await bench.detectAll();
    const { detection } = bench;
    await detection.detectTrailingSilence(bench.onWindow);
    const span = detection.endOpenSpan();
    expect(span).toMatchObject({ start: silenceWindows, endedBy: 'flush' });
    expect(detection.msOf(span!.start)).toBe(0);
    detection.restart();
    expect(detection.open).toBeUndefined();
    expect(detection.endOpenSpan()).toBeUndefined();
    const from = detection.receivedSamples;
    bench.append(5 * windowSamples, 0.25);
    await bench.detectAll();
    expect(detection.msOf(detection.open!.start)).toBe(Math.round(from / 16));
    const audio = detection.audioBetween(detection.audioStartOf(detection.open!), undefined);
    expect(audio).toHaveLength(5 * windowSamples);
    expect(audio.every((sample) => sample === 0.25)).toBe(true);
  });

  it('forgets what is open when it restarts', async () => {
    const bench = await new Bench().begin();
    bench.append(5 * windowSamples, 0.5);
    await bench.detectAll();
    bench.detection.restart();
    bench.append(5 * windowSamples, 0);
    await bench.detectAll();
    expect(bench.detection.open).toBeUndefined();
    expect(bench.closed).toEqual([]);
  });

  it('waits for the detector no longer than for its signal', async () => {
    const bench = await new Bench().begin();
    bench.append(5 * windowSamples, 0.5);
    bench.lifetime.abort();
    await expect(bench.detection.detectNext(Infinity, bench.onWindow)).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });
});
