import type { Origin } from '../../common/origin.js';
import type { Hypothesis } from '../../speech-model/hypothesis.js';
import type { UtteranceRecord } from './utterance-record.js';

/** One decoded segment of an utterance. */
export interface HeardSegment {
  /** 16 kHz mono, shape (samples), after gain, padding included. */
  readonly samples: Float32Array;
  readonly hypothesis: Hypothesis;
  /** Times of its speech, from the first sample of the input. */
  readonly startMs: number;
  readonly endMs: number;
}

/** An utterance whose answer has been made. */
export interface HeardUtterance {
  readonly record: UtteranceRecord;
  /** Personal data: it must not reach logs, metrics or errors. */
  readonly text: string;
  /** All segments, if a listener wanted the audio of the input; personal data as well. */
  readonly segments?: readonly HeardSegment[];
}

/**
 * Receives each utterance after its answer was made. An abstract class, so that listeners override only the calls that they
 * need. Calls happen on the path of the answers and must return at once. A listener adds itself to UtteranceListeners.
 */
export abstract class UtteranceListener {
  /** Asked once when an input begins: the audio of its segments is kept if any listener wants it. */
  wantsAudio(_origin: Origin | undefined): boolean {
    return false;
  }

  utteranceHeard(_utterance: HeardUtterance): void {}
}
