import type { Hypothesis } from '../speech-model/hypothesis.js';
import type { Foreknowledge, Instructions } from '../speech-model/offline-model.js';
import type { SpeechProbabilities, SpeechStretch } from '../speech-model/voice-activity-model.js';

/** One piece of audio that is decoded, with what is known about it. */
export interface DecodePiece extends Foreknowledge, Instructions {
  /** 16 kHz mono, shape (samples), padding included. */
  readonly samples: Float32Array;
  /** The voice activity detector found speech: the empty text is not an answer. */
  readonly speechDetected: boolean;
}

export type InferenceRequest =
  | { readonly type: 'decode'; readonly modelId: string; readonly pieces: readonly DecodePiece[] }
  | { readonly type: 'detect-speech'; readonly stretches: readonly SpeechStretch[] };

export type InferenceAnswer =
  /** One for each piece. */
  | { readonly type: 'decoded'; readonly pieces: readonly Hypothesis[] }
  /** One for each stretch. */
  | { readonly type: 'speech-probabilities'; readonly stretches: readonly SpeechProbabilities[] };
