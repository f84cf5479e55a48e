import type { RecognitionObserver } from '../recognition-observer.js';
import type { Hypothesis } from '../../speech-model/hypothesis.js';
import type { Segment } from '../recognition.types.js';
import { SegmentDecoder } from '../segment-decoder.js';
import type { SegmentDecoderOptions } from '../segment-decoder.js';
import type { Scheduler } from '../../inference/scheduling/scheduler.js';
import { cancellation } from '../../inference/scheduling/cancellation.js';
import type { RecordingSegment } from '../hearing/recording-cutter.js';
import { sourceFeatures, UtteranceRecorder } from '../utterances/utterance-recorder.js';
import type { RecordedInput } from '../utterances/utterance-recorder.js';
import type { Recording } from './recording.js';

export interface RecordingOptions extends SegmentDecoderOptions {
  /** Segments that may be waiting or under way at once. */
  readonly segmentsInFlight: number;
  /** Undefined for a recording that is no client's utterance. */
  readonly recorded?: RecordedInput | undefined;
}

interface Decoding {
  readonly piece: RecordingSegment;
  readonly id: number;
  readonly hypothesis: Promise<Hypothesis>;
}

/** The recognition of one whole recording. It is its own owner in the scheduler. */
export class RecordingRecognition {
  private readonly decoder: SegmentDecoder;
  private readonly recorder: UtteranceRecorder | undefined;

  constructor(
    scheduler: Scheduler,
    private readonly observer: RecognitionObserver,
    private readonly options: RecordingOptions,
  ) {
    this.decoder = new SegmentDecoder(scheduler, options, this);
    const { recorded } = options;
    this.recorder = recorded && new UtteranceRecorder(recorded);
  }

  /** @throws SpeechError, see Recognizer.recognize; errors of the recording's segments */
  async *segments(recording: Recording, signal: AbortSignal): AsyncGenerator<Segment> {
    const ended = new AbortController();
    const onAbort = (): void => ended.abort(cancellation(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    const inFlight: Decoding[] = [];
    const beganAt = performance.now();
    let nextId = 0;
    let segments = 0;
    try {
      for await (const piece of recording.segments) {
        if (signal.aborted) throw cancellation(signal);
        const { samples, peakProbability } = piece;
        const audio = { samples, peakProbability };
        const hypothesis = this.decoder.decode(() => audio, 'recording', ended.signal);
        // A failure is thrown when its turn comes; until then it must not count as unhandled.
        hypothesis.catch(() => undefined);
        inFlight.push({ piece, id: nextId++, hypothesis });
        if (inFlight.length < this.options.segmentsInFlight) continue;
        const segment = await this.segmentOf(inFlight.shift()!, ended.signal);
        if (segment === undefined) continue;
        segments++;
        yield segment;
      }
      if (signal.aborted) throw cancellation(signal);
      for (const decoding of inFlight) {
        const segment = await this.segmentOf(decoding, ended.signal);
        if (segment === undefined) continue;
        segments++;
        yield segment;
      }
      const { modelId, origin } = this.options;
      const audioMs = recording.stats().durationSeconds * 1_000;
      this.observer.recordingCompleted({ modelId, origin, audioMs, segments, source: recording.format });
      this.record(recording, performance.now() - beganAt);
    } finally {
      signal.removeEventListener('abort', onAbort);
      const { modelId, origin } = this.options;
      this.observer.recordingRead(
        { modelId, origin },
        { audioMs: recording.stats().durationSeconds * 1_000 },
      );
      // The consumer has gone, or a segment failed: requests that wait are not needed any more.
      ended.abort();
    }
  }

  private async segmentOf(
    { piece, id, hypothesis: decoding }: Decoding,
    signal: AbortSignal,
  ): Promise<Segment | undefined> {
    const { samples, peakProbability, startMs, endMs } = piece;
    const hypothesis = await this.decoder.holdToLanguage(
      await decoding,
      endMs - startMs,
      () => ({ samples, peakProbability }),
      'recording',
      signal,
    );
    this.recorder?.addSegment({ samples, hypothesis, startMs, endMs });
    return hypothesis.text === '' ? undefined : { id, startMs, endMs, hypothesis };
  }

  private record(recording: Recording, latencyMs: number): void {
    const signal = recording.signal();
    if (signal === undefined) return;
    const input = { ...signal, ...sourceFeatures(recording.format, this.options.origin) };
    this.recorder?.report(0, input, { latencyMs });
  }
}
