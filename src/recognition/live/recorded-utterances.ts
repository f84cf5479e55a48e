import { SpeechError } from '../../common/errors/speech-error.js';
import type { Hypothesis } from '../../speech-model/hypothesis.js';
import type { AudioFormat } from '../../audio/audio.types.js';
import { sourceFeatures, UtteranceRecorder } from '../utterances/utterance-recorder.js';
import type { RecordedInput } from '../utterances/utterance-recorder.js';
import type { HeardSegment } from '../utterances/utterance-listener.js';
import type { FrameQueue } from '../../normalization/signal/frame-queue.js';
import { PartialRevisions } from './partial-revisions.js';
import type { EndpointReason } from './recognition-stream.js';

/** Speech that begins this soon after a pause has ended the utterance before was probably its continuation. */
const soonMs = 1_000;

/** What is known about a live input that gets records. */
export interface LiveRecording extends RecordedInput {
  /** The format that the client sends. */
  readonly source: AudioFormat;
}

interface EndedSegment {
  readonly segment: HeardSegment;
  /** Words of its partials that were replaced; undefined without partials. */
  readonly revisions: number | undefined;
}

/** Makes the records of the utterances of one live input. Times count from the first sample of the input. */
export class RecordedUtterances {
  /** The segments of the open utterance, each once its final was decoded or has failed. */
  private outcomes: Promise<EndedSegment | SpeechError>[] = [];
  /** Of the open segment. */
  private revisions = new PartialRevisions();
  /** When the utterance before ended, by the audio received, and whether a pause had ended it. */
  private lastEndMs = 0;
  private wasPause = false;
  private followsSoon = false;

  /** @param frames what was measured of the input */
  constructor(
    private readonly input: LiveRecording | undefined,
    private readonly frames: FrameQueue,
  ) {}

  get keepsAudio(): boolean {
    return this.input?.keepsAudio === true;
  }

  begin(startMs: number): void {
    this.frames.begin();
    this.followsSoon = this.wasPause && startMs - this.lastEndMs < soonMs;
  }

  addPartial(text: string): void {
    if (this.input !== undefined) this.revisions.addPartial(text);
  }

  /** A segment of the open utterance has ended. @param samples its audio; empty if nobody wants it */
  addSegment(
    decoding: Promise<Hypothesis | SpeechError>,
    startMs: number,
    endMs: number,
    samples: Float32Array,
  ): void {
    const { revisions } = this;
    this.revisions = new PartialRevisions();
    this.outcomes.push(
      decoding.then((result) => {
        if (result instanceof SpeechError) return result;
        const segment = { samples, hypothesis: result, startMs, endMs };
        return { segment, revisions: revisions.endWith(result.text) };
      }),
    );
  }

  /**
   * The open utterance has ended, and all of its segments were added.
   * @param atMs of the audio that decided it
   * @param decidedAt when that audio had come, by performance.now()
   */
  end(utterance: number, reason: EndpointReason, atMs: number, decidedAt: number): void {
    const { input, outcomes, followsSoon: speechAfterFinal } = this;
    const signal = this.frames.endUtterance();
    this.forget(atMs, reason === 'silence');
    if (input === undefined || outcomes.length === 0) return;
    void Promise.all(outcomes).then((segments) => {
      const latencyMs = performance.now() - decidedAt;
      const recorder = new UtteranceRecorder(input);
      let partialRevisions: number | undefined;
      for (const ended of segments) {
        // The client was told that this text is missing: the rest says nothing about the model.
        if (ended instanceof SpeechError) return;
        recorder.addSegment(ended.segment);
        if (ended.revisions !== undefined) partialRevisions = (partialRevisions ?? 0) + ended.revisions;
      }
      const features = { ...signal, ...sourceFeatures(input.source, input.origin) };
      recorder.report(utterance, features, { latencyMs, speechAfterFinal, partialRevisions });
    });
  }

  /** The audio up to here belongs to no further utterance. */
  forget(atMs: number, wasPause = false): void {
    this.frames.forget();
    this.outcomes = [];
    this.revisions = new PartialRevisions();
    this.lastEndMs = atMs;
    this.wasPause = wasPause;
  }
}
