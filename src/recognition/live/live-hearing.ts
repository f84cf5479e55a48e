import { quietWindows } from '../hearing/cutting.js';
import { SampleBuffer } from '../hearing/sample-buffer.js';
import { SpeechSegmenter } from '../hearing/speech-segmenter.js';
import type { OpenSpan, SegmenterOptions, SpeechSpan } from '../hearing/speech-segmenter.js';
import type { SpeechDetector } from '../hearing/speech-detector.js';
import { SpeechWindows } from '../hearing/speech-windows.js';
import { windowSamples } from '../../speech-model/vad-window.js';

export interface HearingOptions extends SegmenterOptions {
  /** Windows of real audio kept before speech, and after it. */
  readonly preRollWindows: number;
  readonly tailWindows: number;
  /** Zeros before and after each segment. */
  readonly paddingSamples: number;
}

/** What a window changed. */
export interface HeardWindow {
  /** A segment that ended with this window. */
  readonly closed: SpeechSpan | undefined;
  /** What was open ended with this window, and was too short to be speech. */
  readonly dropped: boolean;
}

/** Heard at once at most: a second. */
const blockSamples = 31 * windowSamples;

/**
 * The audio of one live input and what the voice activity detector makes of it. Windows count from the quiet before
 * the input; the quiet that is put in shifts windows against samples.
 */
export class LiveHearing {
  private readonly windows = new SpeechWindows();
  private readonly buffer = new SampleBuffer();
  private readonly segmenter: SpeechSegmenter;
  private quietSamples = 0;
  /** Put in since the input was settled; windows before `restart` do not count it. */
  private settledQuietSamples = 0;
  private heard = 0;
  private highest = 0;
  /** Audio from this window on is kept, whatever else is not needed any more. */
  keepFrom = Infinity;

  constructor(
    private readonly detector: SpeechDetector,
    private readonly options: HearingOptions,
    private readonly signal: AbortSignal,
  ) {
    this.segmenter = new SpeechSegmenter(options);
  }

  /** Samples received. */
  get received(): number {
    return this.buffer.end;
  }

  /** Samples that the detector has been given. */
  get heardSamples(): number {
    return this.heard;
  }

  /** Speech that has no end yet. */
  get open(): OpenSpan | undefined {
    return this.segmenter.open;
  }

  /** Of any window of the input. */
  get highestProbability(): number {
    return this.highest;
  }

  /** Of the open segment. */
  get peakProbability(): number {
    return this.segmenter.peakProbability;
  }

  /** Windows that were heard: the number of the next one. */
  get windowCount(): number {
    return this.segmenter.windows;
  }

  receive(samples: Float32Array): void {
    this.buffer.push(samples);
  }

  /** Before the first sample. */
  async hearQuietBefore(onWindow: (window: HeardWindow) => void): Promise<void> {
    const quiet = quietWindows * windowSamples;
    await this.hear(new Float32Array(quiet), onWindow);
    this.quietSamples += quiet;
  }

  /**
   * Gives the detector the next samples, at most a second of them and none from `until` on.
   * @throws SpeechError INFERENCE_FAILED, SHUTTING_DOWN
   */
  async hearNext(until: number, onWindow: (window: HeardWindow) => void): Promise<void> {
    const end = Math.min(until, this.heard + blockSamples);
    const block = this.buffer.view(this.heard, end);
    this.heard = end;
    await this.hear(block, onWindow);
    const oldest = Math.min(this.keepFrom, this.segmenter.oldestNeeded(this.options.preRollWindows));
    this.buffer.forgetBefore(Math.min(this.heard, this.sampleOf(oldest)));
  }

  /**
   * Ends what is open at the newest heard sample, as if silence followed. `restart` comes after it.
   * @throws SpeechError INFERENCE_FAILED, SHUTTING_DOWN
   */
  async settle(onWindow: (window: HeardWindow) => void): Promise<SpeechSpan | undefined> {
    // Whole windows: the next one begins with the next sample.
    const rest = this.heard + this.quietSamples - this.windowCount * windowSamples;
    const quiet = quietWindows * windowSamples + (rest === 0 ? 0 : windowSamples - rest);
    await this.hear(new Float32Array(quiet), onWindow);
    this.settledQuietSamples += quiet;
    return this.segmenter.flush();
  }

  /** Forgets the audio that was heard; what comes next begins anew. */
  restart(): void {
    this.quietSamples += this.settledQuietSamples;
    this.settledQuietSamples = 0;
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

  /** Audio from one window to another, or to what was heard last. */
  audioBetween(startWindow: number, endWindow: number | undefined): Float32Array {
    const end = endWindow === undefined ? this.heard : this.sampleOf(endWindow);
    return this.buffer.copy(this.sampleOf(startWindow), end, this.options.paddingSamples);
  }

  /** The time at which a window begins, from the first sample of the input. */
  msOf(window: number): number {
    return Math.round(Math.min(this.sampleOf(window), this.heard) / 16);
  }

  private sampleOf(window: number): number {
    return Math.max(0, window * windowSamples - this.quietSamples);
  }

  private async hear(block: Float32Array, onWindow: (window: HeardWindow) => void): Promise<void> {
    const stretch = this.windows.push(block);
    if (stretch === undefined) return;
    const { probabilities, state } = await this.detector.detect(stretch, this.signal);
    this.windows.remember(state);
    for (const probability of probabilities) {
      this.highest = Math.max(this.highest, probability);
      const wasOpen = this.segmenter.isOpen;
      const closed = this.segmenter.push(probability);
      onWindow({ closed, dropped: wasOpen && closed === undefined && !this.segmenter.isOpen });
    }
  }
}
