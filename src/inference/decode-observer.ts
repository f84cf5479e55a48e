import type { SpeechErrorCode } from '../common/errors/error-codes.js';
import type { Origin } from '../common/origin.js';
import type { StopReason } from '../speech-model/hypothesis.js';
import type { Priority } from './scheduling/request-queue.js';

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

export interface RefusalObservation {
  readonly code: SpeechErrorCode;
}

/** What the scheduler reports: numbers, never audio or text. Calls happen while work is scheduled and must return at once. */
export interface DecodeObserver {
  /** After each decode whose result somebody still wanted. */
  decoded(observation: DecodeObservation): void;
  cancelled(observation: CancellationObservation): void;
  /** Work that was not taken, or given up before a worker had it. */
  refused(refusal: RefusalObservation): void;
}

/** Observes nothing. */
export const silentObserver: DecodeObserver = {
  decoded: () => undefined,
  cancelled: () => undefined,
  refused: () => undefined,
};
