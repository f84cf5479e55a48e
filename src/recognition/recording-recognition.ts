import type { AudioFormat } from '../audio/audio.types.js';
import type { Origin } from '../common/origin.js';
import type { RecognitionObserver } from './recognition-observer.js';
import type { HeardRecording, Segment } from './recognition.types.js';
import { SegmentDecoder } from './segment-decoder.js';
import type { Scheduler } from './scheduling/scheduler.js';
import { cancellation } from './scheduling/cancellation.js';
import { cutRecording } from './segmenting/recording-cutter.js';
import type { CutterOptions, RecordingSegment } from './segmenting/recording-cutter.js';
import type { SpeechDetector } from './vad/speech-detector.js';

export interface RecordingOptions extends CutterOptions {
  readonly modelId: string;
  /** What the client sent; for observers only. */
  readonly source: AudioFormat;
  /** Whom it is for; for observers only. */
  readonly origin: Origin | undefined;
  /** Segments that may be waiting or under way at once. */
  readonly segmentsInFlight: number;
  readonly onHeard: ((heard: HeardRecording) => void) | undefined;
}

/** The recognition of one whole recording. It is its own owner in the scheduler. */
export class RecordingRecognition {
  private readonly decoder: SegmentDecoder;

  constructor(
    scheduler: Scheduler,
    private readonly detector: SpeechDetector,
    private readonly observer: RecognitionObserver,
    private readonly options: RecordingOptions,
  ) {
    this.decoder = new SegmentDecoder(scheduler, options, this);
  }

  /** @throws SpeechError, see Recognizer.recognize; whatever `samples` throws */
  async *segments(samples: AsyncIterable<Float32Array>, signal: AbortSignal): AsyncGenerator<Segment> {
    const ended = new AbortController();
    const onAbort = (): void => ended.abort(cancellation(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    const inFlight: Promise<Segment | undefined>[] = [];
    let nextId = 0;
    let segments = 0;
    let sampleCount = 0;
    let peakProbability = 0;
    const cutting = {
      ...this.options,
      onWindow: (probability: number) => (peakProbability = Math.max(peakProbability, probability)),
    };
    const counted = async function* (): AsyncGenerator<Float32Array> {
      for await (const block of samples) {
        sampleCount += block.length;
        yield block;
      }
    };
    try {
      for await (const piece of cutRecording(counted(), this.detector, cutting, ended.signal)) {
        if (signal.aborted) throw cancellation(signal);
        const decoding = this.decode(piece, nextId++, ended.signal);
        // Its failure is seen when its turn comes; until then it is not unhandled.
        decoding.catch(() => undefined);
        inFlight.push(decoding);
        if (inFlight.length < this.options.segmentsInFlight) continue;
        const segment = await inFlight.shift();
        if (segment === undefined) continue;
        segments++;
        yield segment;
      }
      if (signal.aborted) throw cancellation(signal);
      for (const decoding of inFlight) {
        const segment = await decoding;
        if (segment === undefined) continue;
        segments++;
        yield segment;
      }
      const { modelId, origin, source } = this.options;
      this.options.onHeard?.({ peakProbability });
      this.observer.recordingCompleted({ modelId, origin, audioMs: sampleCount / 16, segments, source });
    } finally {
      signal.removeEventListener('abort', onAbort);
      // The consumer has gone, or a segment failed: what still waits is not needed any more.
      ended.abort();
    }
  }

  private async decode(
    { samples, peakProbability, startMs, endMs }: RecordingSegment,
    id: number,
    signal: AbortSignal,
  ): Promise<Segment | undefined> {
    const hypothesis = await this.decoder.decode(() => ({ samples, peakProbability }), 'recording', signal);
    return hypothesis.text === '' ? undefined : { id, startMs, endMs, hypothesis };
  }
}
