import type { SpeechErrorCode } from '../common/errors/error-codes.js';
import type { Origin } from '../common/origin.js';
import type { StopReason } from '../speech-model/hypothesis.js';
import type { Priority } from './scheduling/request-queue.js';

/** One decode of one piece of audio, in numbers. */
export interface DecodeObservation {
  readonly modelId: string;
  /** The request of a client that it was for, where it is known. */
  readonly origin: Origin | undefined;
  readonly priority: Priority;
  /** Duration of the piece, padding included. */
  readonly audioMs: number;
  /** From the request until a worker got it. */
  readonly queueMs: number;
  /** From then until its answer. */
  readonly runMs: number;
  /** On the worker; for pieces that were decoded together, the share by length, so that sums are right. */
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
  /** A request that was cancelled while it was queued costs nothing; a worker finishes what it runs. */
  readonly where: 'queued' | 'running';
}

export interface RefusalObservation {
  readonly code: SpeechErrorCode;
}

/** Receives the reports of the scheduler: numbers, never audio or text. Calls happen while work is scheduled and must return at once. */
export interface DecodeObserver {
  /** After each decode whose request was not cancelled. */
  decoded(observation: DecodeObservation): void;
  cancelled(observation: CancellationObservation): void;
  /** Work that was rejected before a worker had it. */
  refused(refusal: RefusalObservation): void;
}

/** Observes nothing. */
export const silentObserver: DecodeObserver = {
  decoded: () => undefined,
  cancelled: () => undefined,
  refused: () => undefined,
};
