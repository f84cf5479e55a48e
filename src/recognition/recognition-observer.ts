import type { AudioFormat } from '../audio/audio.types.js';
import type { SpeechErrorCode } from '../common/errors/error-codes.js';
import type { Origin } from '../common/origin.js';
import type { StopReason } from '../speech-model/hypothesis.js';
import type { Priority } from '../inference/scheduling/request-queue.js';

/** One decode of one piece of audio, in numbers. */
export interface DecodeObservation {
  readonly modelId: string;
  /** Whom it was for, where that was told. */
  readonly origin: Origin | undefined;
  readonly priority: Priority;
  /** Of the piece, padding included. */
  readonly audioMs: number;
  /** From being asked for to being given to a worker. */
  readonly queueMs: number;
  /** From being given to a worker to its answer. */
  readonly runMs: number;
  /** On the worker; of pieces that were decoded together, the share by length, so that sums are true. */
  readonly computeMs: number;
  /** Pieces that were decoded together with this one, itself included. */
  readonly batchSize: number;
  readonly tokens: number;
  /** Natural logarithm; undefined where there are no tokens. */
  readonly meanLogProb: number | undefined;
  readonly stopReason: StopReason;
  /** The text has no characters. */
  readonly empty: boolean;
  /** It ran a second time, since the first worker was lost or refused it. */
  readonly retried: boolean;
}

export interface CancellationObservation {
  readonly priority: Priority;
  /** What was cancelled while it waited costs nothing; a worker finishes what it is in. */
  readonly where: 'queued' | 'running';
}

export interface RecordingObservation {
  readonly modelId: string;
  readonly origin: Origin | undefined;
  /** Of the whole recording. */
  readonly audioMs: number;
  /** With text in them. */
  readonly segments: number;
  /** What the client sent. */
  readonly source: AudioFormat;
}

/** A live input. Observers may keep what they know of it by its identity. */
export interface StreamObservation {
  readonly modelId: string;
  readonly origin: Origin | undefined;
}

export interface StreamAudio {
  readonly audioMs: number;
}

export interface PartialObservation {
  /** From the arrival of the utterance's first window of speech. */
  readonly latencyMs: number;
}

export interface FinalObservation {
  /** From the arrival of the audio that decided the end of the segment, or from its end being asked for. */
  readonly latencyMs: number;
  /** The text has no characters. */
  readonly empty: boolean;
}

/**
 * What recognition tells of itself: numbers, never audio or text. An abstract class, so that metrics and drift, which
 * read recognition, implement a type of its own; they override what they want to hear. Calls are plain and happen on
 * the way of the audio: they must return at once. Whoever wants to hear adds itself to RecognitionObservers.
 */
export abstract class RecognitionObserver {
  /** After each decode whose result somebody still wanted. */
  decoded(_observation: DecodeObservation): void {}

  cancelled(_observation: CancellationObservation): void {}

  /** Work that was not taken, or given up before a worker had it. */
  refused(_refusal: { readonly code: SpeechErrorCode }): void {}

  /** @param _replacement the pool whose process ended or hung: `decoding`, `voice activity`, `reading` */
  workerReplaced(_replacement: { readonly pool: string }): void {}

  /** After the last segment of a recording that was read to its end. */
  recordingCompleted(_observation: RecordingObservation): void {}

  streamOpened(_stream: StreamObservation): void {}

  /** About once for each second of audio that came, and for the rest at the end. */
  streamHeard(_stream: StreamObservation, _audio: StreamAudio): void {}

  /** The first partial of an utterance. */
  firstPartial(_stream: StreamObservation, _observation: PartialObservation): void {}

  /** After each final of a stream that somebody still wanted. */
  finalMade(_stream: StreamObservation, _observation: FinalObservation): void {}

  /** @param _audio all that came */
  streamClosed(_stream: StreamObservation, _audio: StreamAudio): void {}
}
