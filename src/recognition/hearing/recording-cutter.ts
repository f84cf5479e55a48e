import { restoreState, stateOf } from '../../common/object-state.js';
import type { ObjectState } from '../../common/object-state.js';
import type { SpeechProbabilities, SpeechStretch } from '../../speech-model/voice-activity-model.js';
import { SpeechWindows } from './speech-windows.js';
import { windowSamples } from '../../speech-model/vad-window.js';
import {
  longestOverTarget,
  longPauseMs,
  minSpeechWindows,
  silenceWindows,
  windowsIn,
  realPaddingWindows,
} from './cutting.js';
import { SpeechSegmenter } from './speech-segmenter.js';
import type { SpeechSpan } from './speech-segmenter.js';
import { SampleBuffer } from './sample-buffer.js';

export interface CutterOptions {
  readonly threshold: number;
  /** Segments are cut at a pause from this length on. */
  readonly targetSegmentSeconds: number;
  /** Zeros before and after each segment. */
  readonly paddingMs: number;
}

/** A piece of a recording that is decoded at once. */
export interface RecordingSegment {
  readonly startMs: number;
  readonly endMs: number;
  /** 16 kHz mono, shape (samples), padding included. */
  readonly samples: Float32Array;
  /** The highest probability of speech that the detector gave a window of it. */
  readonly peakProbability: number;
}

/**
 * Cuts a recording, given block by block, into segments with speech in them. Keeps no more than one segment and a block in
 * memory.
 */
export class RecordingCutter {
  private readonly windows = new SpeechWindows();
  private readonly buffer = new SampleBuffer();
  private readonly segmenter: SpeechSegmenter;
  private hasBegun = false;
  private peak = 0;

  /**
   * @param detect runs the detector on a stretch
   * @param onWindow called for each window of the recording and of the silence after it, with the sample at which it ends
   */
  constructor(
    private readonly detect: (stretch: SpeechStretch) => Promise<SpeechProbabilities>,
    private readonly options: CutterOptions,
    private readonly onWindow: (end: number, probability: number) => void = () => undefined,
  ) {
    const targetWindows = windowsIn(options.targetSegmentSeconds * 1_000);
    this.segmenter = new SpeechSegmenter({
      threshold: options.threshold,
      targetWindows,
      maxWindows: Math.floor(targetWindows * longestOverTarget),
      splitPauseWindows: windowsIn(longPauseMs),
      minSpeechWindows,
    });
  }

  /**
   * @param block 16 kHz mono, shape (samples)
   * @param last no more blocks will come
   * @returns the segments that end in it; with the last block also the one that is open
   * @throws what `detect` throws
   */
  async cutBlock(block: Float32Array, last: boolean): Promise<RecordingSegment[]> {
    this.buffer.append(block);
    const spans = await this.detectSpans(this.withSilence(block, last));
    const open = last ? this.segmenter.endOpenSpan() : undefined;
    if (open !== undefined) spans.push(open);
    const segments = spans.map((span) => this.toSegment(span));
    this.buffer.forgetBefore(this.firstNeeded);
    return segments;
  }

  /** The highest probability of speech that the detector gave any window so far. */
  get peakProbability(): number {
    return this.peak;
  }

  /** The state between two blocks: another cutter with the same options goes on with it. */
  get state(): ObjectState {
    return { ...stateOf(this), buffer: this.buffer.stateFrom(this.firstNeeded) };
  }

  restore(state: ObjectState): void {
    restoreState(this, state);
  }

  /** Samples before it are in no segment to come. */
  private get firstNeeded(): number {
    return firstSample(this.segmenter.oldestNeeded(realPaddingWindows));
  }

  /** Puts silence before the first block and after the last. */
  private withSilence(block: Float32Array, last: boolean): Float32Array {
    const silence = silenceWindows * windowSamples;
    const before = this.hasBegun ? 0 : silence;
    this.hasBegun = true;
    if (before === 0 && !last) return block;
    const samples = new Float32Array(before + block.length + (last ? silence : 0));
    samples.set(block, before);
    return samples;
  }

  private async detectSpans(samples: Float32Array): Promise<SpeechSpan[]> {
    const stretch = this.windows.addSamples(samples);
    if (stretch === undefined) return [];
    const { probabilities, state } = await this.detect(stretch);
    this.windows.keepState(state);
    const spans: SpeechSpan[] = [];
    for (const probability of probabilities) {
      this.peak = Math.max(this.peak, probability);
      this.onWindow(firstSample(this.segmenter.windows + 1), probability);
      const span = this.segmenter.addWindow(probability);
      if (span !== undefined) spans.push(span);
    }
    return spans;
  }

  private toSegment(span: SpeechSpan): RecordingSegment {
    const start = firstSample(Math.max(span.audioStart, span.start - realPaddingWindows));
    const end = firstSample(Math.min(span.audioEnd, span.end + realPaddingWindows));
    return {
      startMs: Math.round(firstSample(span.start) / 16),
      endMs: Math.round(Math.min(firstSample(span.end), this.buffer.end) / 16),
      samples: this.buffer.copy(start, end, this.options.paddingMs * 16),
      peakProbability: span.peakProbability,
    };
  }
}

/** The first sample of a window, from the beginning of the recording; 0 for windows of the silence before it. */
function firstSample(window: number): number {
  return Math.max(0, window - silenceWindows) * windowSamples;
}
