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
  /** Duration of the whole recording. */
  readonly audioMs: number;
  /** Segments that have text. */
  readonly segments: number;
  /** The format that the client sent. */
  readonly source: AudioFormat;
}

/** A live input. Observers may use the object as the key of what they keep about it. */
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
  /** From the arrival of the audio that decided the end of the segment, or from the request to end it. */
  readonly latencyMs: number;
  /** The text has no characters. */
  readonly empty: boolean;
}

/**
 * Receives the reports of recognition: numbers, never audio or text. An abstract class, so that observers override only the
 * calls that they need. Calls happen on the path of the audio and must return at once. An observer adds itself to
 * RecognitionObservers.
 */
export abstract class RecognitionObserver implements DecodeObserver {
  /** After each decode whose request was not cancelled. */
  decoded(_observation: DecodeObservation): void {}

  cancelled(_observation: CancellationObservation): void {}

  /** Work that was rejected before a worker had it. */
  refused(_refusal: RefusalObservation): void {}

  /** @param _replacement the pool whose process ended or hung: `decoding`, `voice activity`, `reading` */
  workerReplaced(_replacement: { readonly pool: string }): void {}

  /** After the last segment of a recording that was read to its end. */
  recordingCompleted(_observation: RecordingObservation): void {}

  /** Seconds of a recording that were read, when its recognition ends: also where it failed or was cancelled. */
  recordingRead(_stream: StreamObservation, _audio: StreamAudio): void {}

  streamOpened(_stream: StreamObservation): void {}

  /** About once for each second of audio that was received, and for the rest at the end. */
  audioReceived(_stream: StreamObservation, _audio: StreamAudio): void {}

  /** The first partial of an utterance. */
  firstPartial(_stream: StreamObservation, _observation: PartialObservation): void {}

  /** After each final of a stream that is still open. */
  finalMade(_stream: StreamObservation, _observation: FinalObservation): void {}

  /** @param _audio all that was received */
  streamClosed(_stream: StreamObservation, _audio: StreamAudio): void {}
}
