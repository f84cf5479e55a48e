import type { AudioFormat } from '../audio/audio.types.js';
import type { SpeechErrorCode } from '../common/errors/error-codes.js';
import type { StopReason } from './decoding/hypothesis.js';
import type { Priority } from './scheduling/request-queue.js';

/** One decode of one piece of audio, in numbers. */
export interface DecodeObservation {
  readonly modelId: string;
  readonly priority: Priority;
  /** Of the piece, padding included. */
  readonly audioMs: number;
  /** From being asked for to being given to a worker. */
  readonly queueMs: number;
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
  /** Of the whole recording. */
  readonly audioMs: number;
  /** With text in them. */
  readonly segments: number;
  /** What the client sent. */
  readonly source: AudioFormat;
}

/**
 * What recognition tells of itself: numbers, never audio or text. An abstract class, so that metrics and drift, which
 * read recognition, implement a type of its own. Calls are plain and happen on the way of the audio: they must return
 * at once. Whoever wants to hear adds itself to RecognitionObservers.
 */
export abstract class RecognitionObserver {
  /** After each decode whose result somebody still wanted. */
  abstract decoded(observation: DecodeObservation): void;

  abstract cancelled(observation: CancellationObservation): void;

  /** Work that was not taken, or given up before a worker had it. */
  abstract refused(refusal: { readonly code: SpeechErrorCode }): void;

  /** @param replacement the pool whose process ended or hung: `decoding`, `voice activity` */
  abstract workerReplaced(replacement: { readonly pool: string }): void;

  /** After the last segment of a recording that was read to its end. */
  abstract recordingCompleted(observation: RecordingObservation): void;
}
