import type { Origin } from '../common/origin.js';
import type { ModelManifest } from '../model-registry/model-manifest.js';
import type { SpeechCapabilities } from '../speech-model/capabilities.js';
import type { Hypothesis } from '../speech-model/hypothesis.js';
import type { Instructions } from '../speech-model/offline-model.js';

/** A loaded model: its manifest and its capabilities. */
export interface ServedModel extends ModelManifest {
  readonly capabilities: SpeechCapabilities;
}

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
  /** Wishes of the client; the model's capabilities name those that it takes. */
  readonly instructions?: Instructions | undefined;
  /** The request of a client that the work is for: observers count the work, and API keys take turns. */
  readonly origin?: Origin | undefined;
  /** Channels of the recording that are recognized at once, each for itself: they share the segments in flight of one recording. */
  readonly channels?: number | undefined;
  /** The name of the API key that the work is for, where it has no origin because it is not to be counted. */
  readonly keyName?: string | undefined;
}
