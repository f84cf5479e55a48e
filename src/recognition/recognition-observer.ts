import type { AudioFormat } from '../audio/audio.types.js';
import type { Origin } from '../common/origin.js';
import type {
  CancellationObservation,
  DecodeObservation,
  DecodeObserver,
  RefusalObservation,
} from '../inference/decode-observer.js';

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
 * What recognition reports about itself: numbers, never audio or text. An abstract class, so that observers override only
 * the calls that they need. Calls happen on the way of the audio and must return at once. An observer adds itself to
 * RecognitionObservers.
 */
export abstract class RecognitionObserver implements DecodeObserver {
  /** After each decode whose result somebody still wanted. */
  decoded(_observation: DecodeObservation): void {}

  cancelled(_observation: CancellationObservation): void {}

  /** Work that was not taken, or given up before a worker had it. */
  refused(_refusal: RefusalObservation): void {}

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
