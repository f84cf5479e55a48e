import type { Origin } from '../common/origin.js';
import type { Hypothesis } from '../speech-model/hypothesis.js';

/** A timed piece of transcript. Times count from the first sample of the input. */
export interface Segment {
  readonly id: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly hypothesis: Hypothesis;
}

export interface RecognitionOptions {
  /** A model id that the recognizer has resolved, see `Recognizer.resolveModel`. */
  readonly modelId: string;
  /** Whom the work is for; for observers only. */
  readonly origin?: Origin | undefined;
}
