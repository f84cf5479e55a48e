import type { AudioFormat } from '../../audio/audio.types.js';
import type { SpeechError } from '../../common/errors/speech-error.js';
import type { Origin } from '../../common/origin.js';
import type { Instructions } from '../../speech-model/offline-model.js';
import type { Segment } from '../recognition.types.js';

export interface StreamOptions {
  /** A model id that the recognizer has resolved, see `Recognizer.resolveModel`. */
  readonly modelId: string;
  /** The format that the client sends; for metrics and drift only. */
  readonly source: AudioFormat;
  /** The client's instructions; the model's capabilities name those that it takes. */
  readonly instructions?: Instructions | undefined;
  /** The request that the stream is for: observers count the work, and API keys take turns. */
  readonly origin?: Origin | undefined;
  /** Probability from which a window counts as speech; the configuration's without it. */
  readonly threshold?: number;
  /** Real audio decoded before the first window of speech. */
  readonly preRollMs?: number;
  /** Silence that ends an utterance. `false`: only a client ends one; segments still end at long pauses. */
  readonly endpointSilenceMs?: number | false;
  /** An `utterance-end` comes once this much audio has followed the last word of a final. */
  readonly utteranceEndMs?: number;
  /** Whether hypotheses of speech that goes on are wanted. */
  readonly partials: boolean;
}

/**
 * Why a segment ended. `silence`, `finalized` and `input-finished` end the utterance too; after `max-length` and
 * `pause` it goes on.
 */
export type EndpointReason = 'silence' | 'pause' | 'max-length' | 'finalized' | 'input-finished';

const utteranceEnding: Readonly<Record<EndpointReason, boolean>> = {
  silence: true,
  finalized: true,
  'input-finished': true,
  pause: false,
  'max-length': false,
};

/** Whether the utterance ends with the segment. */
export function endsUtterance(reason: EndpointReason): boolean {
  return utteranceEnding[reason];
}

/**
 * The events of a stream, in order: a segment's partials before its final, its final before anything of the next
 * segment. Every segment has exactly one `segment-final` or `segment-failed`. Utterances count from 0, and so do
 * segments; times count from the first sample of the stream.
 */
export type RecognitionEvent =
  | { readonly type: 'speech-start'; readonly utteranceId: number; readonly startMs: number }
  | { readonly type: 'segment-partial'; readonly utteranceId: number; readonly segment: Segment }
  | {
      readonly type: 'speech-end';
      readonly utteranceId: number;
      readonly endMs: number;
      readonly reason: EndpointReason;
      /** The segment that ended with it, whose final follows; without it, the utterance has no further one. */
      readonly segmentId?: number;
    }
  /** The text may be empty: then the model found no words in what the detector took for speech. */
  | {
      readonly type: 'segment-final';
      readonly utteranceId: number;
      readonly segment: Segment;
      readonly reason: EndpointReason;
    }
  | {
      readonly type: 'segment-failed';
      readonly utteranceId: number;
      readonly segmentId: number;
      readonly startMs: number;
      readonly endMs: number;
      readonly reason: EndpointReason;
      readonly error: SpeechError;
    }
  | { readonly type: 'utterance-end'; readonly lastWordEndMs: number }
  /** Answers `finalize()`: all that was received before it has its final. */
  | { readonly type: 'finalized'; readonly atMs: number }
  /** Answers `clear()`. */
  | { readonly type: 'cleared'; readonly atMs: number };

/** One live input: audio goes in, events come out until the last final. */
export interface RecognitionStream extends AsyncIterable<RecognitionEvent> {
  /**
   * Takes 16 kHz mono samples in blocks of any size; the block may be reused afterwards. Audio is never dropped:
   * `false` asks the caller to pause its source until `drained()`.
   * @param rows what was measured of them before gain, see SignalFrames; without it, records lack the features of the signal
   */
  acceptWaveform(samples: Float32Array, rows?: Float32Array): boolean;
  /** Resolves when more audio is welcome, or the stream has ended. */
  drained(): Promise<void>;
  /** Ends the utterance at the newest sample, if there is one. */
  finalize(): void;
  /** Forgets the audio that has no endpoint yet. */
  clear(): void;
  /** No more samples will come: the events end after the last final. Idempotent. */
  inputFinished(): void;
  /** The detector has had all audio, nobody speaks, and no final is under way; or the input has ended. */
  readonly isQuiet: boolean;
  /** Resolves when that is so. */
  quiet(): Promise<void>;
  /** Seconds of audio received. */
  readonly receivedSeconds: number;
  /** How long the oldest audio has waited for the detector, or a segment for its final, in ms. */
  readonly lagMs: number;
  /** The highest probability of speech that the detector gave any window, 0 to 1. */
  readonly peakProbability: number;
}
