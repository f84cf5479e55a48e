import { isInvented } from './decoding/confidence.js';
import type { Hypothesis } from './decoding/hypothesis.js';
import type { Segment } from './recognition.types.js';
import type { Scheduler } from './scheduling/scheduler.js';
import { cancellation } from './scheduling/scheduler.js';
import { halve } from './segmenting/halve.js';
import { cutRecording } from './segmenting/recording-cutter.js';
import type { CutterOptions, RecordingSegment } from './segmenting/recording-cutter.js';
import type { SpeechDetector } from './vad/speech-detector.js';

export interface RecordingOptions extends CutterOptions {
  readonly modelId: string;
  /** Segments that may be waiting or under way at once. */
  readonly segmentsInFlight: number;
}

/** A piece shorter than this is not cut again when the decoder went round in circles on it. */
const shortestHalvedSamples = 4 * 16_000;

/** The recognition of one whole recording. It is its own owner in the scheduler. */
export class RecordingRecognition {
  constructor(
    private readonly scheduler: Scheduler,
    private readonly detector: SpeechDetector,
    private readonly options: RecordingOptions,
  ) {}

  /** @throws SpeechError, see Recognizer.recognize; whatever `samples` throws */
  async *segments(samples: AsyncIterable<Float32Array>, signal: AbortSignal): AsyncGenerator<Segment> {
    const ended = new AbortController();
    const onAbort = (): void => ended.abort(cancellation(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    const inFlight: Promise<Segment | undefined>[] = [];
    let nextId = 0;
    try {
      for await (const piece of cutRecording(samples, this.detector, this.options)) {
        if (signal.aborted) throw cancellation(signal);
        const decoding = this.decode(piece, nextId++, ended.signal);
        // Its failure is seen when its turn comes; until then it is not unhandled.
        decoding.catch(() => undefined);
        inFlight.push(decoding);
        if (inFlight.length < this.options.segmentsInFlight) continue;
        const segment = await inFlight.shift();
        if (segment !== undefined) yield segment;
      }
      if (signal.aborted) throw cancellation(signal);
      for (const decoding of inFlight) {
        const segment = await decoding;
        if (segment !== undefined) yield segment;
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      // The consumer has gone, or a segment failed: what still waits is not needed any more.
      ended.abort();
    }
  }

  private async decode(
    piece: RecordingSegment,
    id: number,
    signal: AbortSignal,
  ): Promise<Segment | undefined> {
    let hypothesis = await this.hypothesis(piece.samples, signal);
    if (hypothesis.stopReason === 'repetition' && piece.samples.length >= shortestHalvedSamples) {
      const [first, second] = halve(piece.samples);
      hypothesis = joined(await this.hypothesis(first, signal), await this.hypothesis(second, signal));
    }
    if (hypothesis.text === '' || isInvented(hypothesis, piece.peakProbability)) return undefined;
    return { id, startMs: piece.startMs, endMs: piece.endMs, hypothesis };
  }

  private async hypothesis(samples: Float32Array, signal: AbortSignal): Promise<Hypothesis> {
    const { modelId } = this.options;
    const decoded = await this.scheduler.enqueue({
      modelId,
      priority: 'recording',
      owner: this,
      piece: () => ({ samples, speechHeard: true }),
      signal,
    });
    return decoded.hypothesis;
  }
}

function joined(first: Hypothesis, second: Hypothesis): Hypothesis {
  return {
    text: [first.text, second.text].filter((text) => text !== '').join(' '),
    tokens: [...first.tokens, ...second.tokens],
    tokenLogProbs: [...first.tokenLogProbs, ...second.tokenLogProbs],
    stopReason: second.stopReason,
  };
}
