import { FrameQueue } from '../../normalization/signal/frame-queue.js';
import { silenceWindows } from '../hearing/cutting.js';
import { SampleBuffer } from '../hearing/sample-buffer.js';
import { SpeechSegmenter } from '../hearing/speech-segmenter.js';
import type { OpenSpan, SegmenterOptions, SpeechSpan } from '../hearing/speech-segmenter.js';
import type { SpeechDetector } from '../hearing/speech-detector.js';
import { SpeechWindows } from '../hearing/speech-windows.js';
import { windowSamples } from '../../speech-model/vad-window.js';

export interface DetectionOptions extends SegmenterOptions {
  /** Windows of real audio kept before speech, and after it. */
  readonly preRollWindows: number;
  readonly tailWindows: number;
  /** Zeros before and after each segment. */
  readonly paddingSamples: number;
}

/** One window, and what it changed. */
export interface DetectedWindow {
  /** Windows so far, this one included. */
  readonly count: number;
  /** Speech that has no end yet. */
  readonly open: OpenSpan | undefined;
  /** A segment that ended with this window. */
  readonly closed: SpeechSpan | undefined;
  /** The open span ended with this window, and was too short to be speech. */
  readonly dropped: boolean;
}

/** The longest block that goes to the detector at once: a second. */
const blockSamples = 31 * windowSamples;

/** Audio before an utterance whose features count to it: an open microphone is silent for minutes. */
const longestLeadSeconds = 5;

/**
 * The audio of one live input and where the voice activity detector finds speech in it. Window 0 is the first of the
 * leading silence; each inserted silence shifts the mapping of windows to samples.
 */
export class LiveDetection {
  private readonly windows = new SpeechWindows();
  private readonly buffer = new SampleBuffer();
  private readonly segmenter: SpeechSegmenter;
  /** What was measured of the audio before gain. */
  readonly frames = new FrameQueue(longestLeadSeconds);
  /** Silence inserted before the current window. */
  private silenceSamples = 0;
  /** Inserted by `detectTrailingSilence`; added to the mapping only at `restart`. */
  private trailingSilenceSamples = 0;
  private detected = 0;
  private highest = 0;
  private keptFromWindow = Infinity;

  constructor(
    private readonly detector: SpeechDetector,
    private readonly options: DetectionOptions,
    private readonly signal: AbortSignal,
  ) {
    this.segmenter = new SpeechSegmenter(options);
  }

  /** Samples received. */
  get receivedSamples(): number {
    return this.buffer.end;
  }

  /** Samples that the detector has been given. */
  get detectedSamples(): number {
    return this.detected;
  }

  /** Speech that has no end yet. */
  get open(): OpenSpan | undefined {
    return this.segmenter.open;
  }

  /** The highest probability of speech of any window of the input. */
  get inputPeakProbability(): number {
    return this.highest;
  }

  /** The highest probability of speech of any window of the open span. */
  get openPeakProbability(): number {
    return this.segmenter.peakProbability;
  }

  /** Windows that the detector has answered: the number of the next one. */
  get windowCount(): number {
    return this.segmenter.windows;
  }

  /** Appends audio to the input; the block may be reused afterwards. */
  appendSamples(samples: Float32Array): void {
    this.buffer.append(samples);
  }

  /** Keeps audio from this window on, also where segments do not need it any more. */
  keepFrom(window: number): void {
    this.keptFromWindow = window;
  }

  /** Runs the detector on silence before the first sample. */
  async detectLeadingSilence(onWindow: (window: DetectedWindow) => void): Promise<void> {
    const silence = silenceWindows * windowSamples;
    await this.detect(new Float32Array(silence), onWindow);
    this.silenceSamples += silence;
  }

  /**
   * Gives the detector the next samples, at most a second of them and none from `until` on.
   * @throws SpeechError INFERENCE_FAILED, SHUTTING_DOWN, CANCELLED
   */
  async detectNext(until: number, onWindow: (window: DetectedWindow) => void): Promise<void> {
    const end = Math.min(until, this.detected + blockSamples);
    const block = this.buffer.view(this.detected, end);
    this.detected = end;
    await this.detect(block, onWindow);
    const oldest = Math.min(this.keptFromWindow, this.segmenter.oldestNeeded(this.options.preRollWindows));
    this.buffer.forgetBefore(Math.min(this.detected, this.sampleOf(oldest)));
  }

  /**
   * Runs the detector on silence after the newest sample that it has been given. `endOpenSpan` and `restart` follow.
   * @throws SpeechError INFERENCE_FAILED, SHUTTING_DOWN, CANCELLED
   */
  async detectTrailingSilence(onWindow: (window: DetectedWindow) => void): Promise<void> {
    // Whole windows: the next one begins with the next sample.
    const rest = this.detected + this.silenceSamples - this.windowCount * windowSamples;
    const silence = silenceWindows * windowSamples + (rest === 0 ? 0 : windowSamples - rest);
    await this.detect(new Float32Array(silence), onWindow);
    this.trailingSilenceSamples += silence;
  }

  /** @returns what was open; undefined without it, or where it was too short to be speech */
  endOpenSpan(): SpeechSpan | undefined {
    return this.segmenter.endOpenSpan();
  }

  /** Forgets the open span: what comes next is not joined to the audio before it. */
  restart(): void {
    this.silenceSamples += this.trailingSilenceSamples;
    this.trailingSilenceSamples = 0;
    this.segmenter.restart();
  }

  /** The window with which the audio of a segment begins, with what is before its speech. */
  audioStartOf({ audioStart, start }: OpenSpan | SpeechSpan): number {
    return Math.max(audioStart, start - this.options.preRollWindows);
  }

  /** The window with which the audio of a segment that has ended ends. */
  audioEndOf({ audioEnd, end }: SpeechSpan): number {
    return Math.min(audioEnd, end + this.options.tailWindows);
  }

  /** A copy of the audio from one window to another, or to the newest sample that the detector has been given. */
  audioBetween(startWindow: number, endWindow: number | undefined): Float32Array {
    const end = endWindow === undefined ? this.detected : this.sampleOf(endWindow);
    return this.buffer.copy(this.sampleOf(startWindow), end, this.options.paddingSamples);
  }

  /** The time at which a window begins, from the first sample of the input. */
  msOf(window: number): number {
    return Math.round(Math.min(this.sampleOf(window), this.detected) / 16);
  }

  /** The sample at which a window ends; at most the first one while silence precedes the input. */
  private endOf(window: number): number {
    return this.detected === 0 ? 0 : (window + 1) * windowSamples - this.silenceSamples;
  }

  private sampleOf(window: number): number {
    return Math.max(0, window * windowSamples - this.silenceSamples);
  }

  private async detect(block: Float32Array, onWindow: (window: DetectedWindow) => void): Promise<void> {
    const stretch = this.windows.addSamples(block);
    if (stretch === undefined) return;
    const { probabilities, state } = await this.detector.detect(stretch, this.signal);
    this.windows.keepState(state);
    for (const probability of probabilities) {
      this.highest = Math.max(this.highest, probability);
      this.frames.answerWindow(this.endOf(this.segmenter.windows), probability);
      const wasOpen = this.segmenter.isOpen;
      const closed = this.segmenter.addWindow(probability);
      const { open, windows: count } = this.segmenter;
      onWindow({ count, open, closed, dropped: wasOpen && closed === undefined && open === undefined });
    }
  }
}
