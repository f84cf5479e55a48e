import type { SpeechProbabilities } from '../runtime/worker-protocol.js';
import { SpeechWindows } from '../vad/speech-windows.js';
import type { SpeechDetector } from '../vad/speech-detector.js';
import { windowSamples } from '../vad/vad-window.js';
import { longestOverTarget, longPauseMs, minSpeechWindows, quietWindows, windowsIn } from './cutting.js';
import { SpeechSegmenter } from './speech-segmenter.js';
import type { SpeechSpan } from './speech-segmenter.js';
import { SampleBuffer } from './sample-buffer.js';

export interface CutterOptions {
  readonly threshold: number;
  /** Segments are cut at a pause from this length on. */
  readonly targetSegmentSeconds: number;
  /** Zeros before and after each segment. */
  readonly paddingMs: number;
  /** Called with the probability of speech of each window, in order. */
  readonly onWindow?: (probability: number) => void;
}

/** A piece of a recording that the model hears at once. */
export interface RecordingSegment {
  readonly startMs: number;
  readonly endMs: number;
  /** 16 kHz mono, shape (samples), padding included. */
  readonly samples: Float32Array;
  /** The highest probability of speech that the detector gave a window of it. */
  readonly peakProbability: number;
}

/**
 * Real audio kept around speech: the detector is late at onsets and early at ends, and the model hears a word better
 * in its surroundings. docs/decisions has the sweep.
 */
const realPaddingWindows = 24;

/**
 * Cuts a recording, read block by block, into segments with speech in them. Keeps no more than one segment in memory.
 * @throws what `samples` throws; SpeechError INFERENCE_FAILED, and what the signal was aborted with
 */
export async function* cutRecording(
  samples: AsyncIterable<Float32Array>,
  detector: SpeechDetector,
  options: CutterOptions,
  signal: AbortSignal,
): AsyncGenerator<RecordingSegment> {
  const windows = new SpeechWindows();
  const buffer = new SampleBuffer();
  const targetWindows = windowsIn(options.targetSegmentSeconds * 1_000);
  const segmenter = new SpeechSegmenter({
    threshold: options.threshold,
    targetWindows,
    maxWindows: Math.floor(targetWindows * longestOverTarget),
    splitPauseWindows: windowsIn(longPauseMs),
    minSpeechWindows,
  });

  const spansOf = ({ probabilities, state }: SpeechProbabilities): SpeechSpan[] => {
    windows.remember(state);
    const spans: SpeechSpan[] = [];
    for (const probability of probabilities) {
      options.onWindow?.(probability);
      const span = segmenter.push(probability);
      if (span !== undefined) spans.push(span);
    }
    return spans;
  };
  const toSegment = (span: SpeechSpan): RecordingSegment => {
    const start = firstSample(Math.max(span.audioStart, span.start - realPaddingWindows));
    const end = firstSample(Math.min(span.audioEnd, span.end + realPaddingWindows));
    return {
      startMs: Math.round(firstSample(span.start) / 16),
      endMs: Math.round(Math.min(firstSample(span.end), buffer.end) / 16),
      samples: buffer.copy(start, end, options.paddingMs * 16),
      peakProbability: span.peakProbability,
    };
  };

  const quiet = new Float32Array(quietWindows * windowSamples);
  const hear = async (block: Float32Array): Promise<SpeechSpan[]> => {
    const stretch = windows.push(block);
    return stretch === undefined ? [] : spansOf(await detector.detect(stretch, signal));
  };

  await hear(quiet);
  for await (const block of samples) {
    buffer.push(block);
    for (const span of await hear(block)) yield toSegment(span);
    buffer.forgetBefore(firstSample(segmenter.oldestNeeded(realPaddingWindows)));
  }
  for (const span of await hear(quiet)) yield toSegment(span);
  const last = segmenter.flush();
  if (last !== undefined) yield toSegment(last);
}

/** Of a window of the detector, counted from the beginning of the recording; not before it. */
function firstSample(window: number): number {
  return Math.max(0, window - quietWindows) * windowSamples;
}
