import type { SpeechModelDimensions } from '../../model-compiler/moonshine/moonshine-source.js';
import type { DecodedTokens } from '../decoding/hypothesis.js';
import type { Foreknowledge } from './speech-model.js';

/** The messages between the service and one inference process. Requests are numbered; each gets one answer. */

/** What a process loads before it says that it is ready. Paths are absolute. */
export type WorkerModel =
  | {
      readonly family: 'moonshine';
      readonly id: string;
      /** The graphs as they are shipped. */
      readonly encoderPath: string;
      readonly decoderPath: string;
      /** The graphs made for serving, where there are any. */
      readonly compiled?: {
        readonly encoderPath: string;
        readonly decodeLoopPath: string;
        readonly dimensions: SpeechModelDimensions;
      };
    }
  | {
      readonly family: 'silero';
      readonly id: string;
      readonly modelPath: string;
      readonly compiled?: { readonly modelPath: string };
    };

export interface DecodePiece extends Foreknowledge {
  /** 16 kHz mono, shape (samples), padding included. */
  readonly samples: Float32Array;
  /** The voice activity detector heard speech: the empty text is not an answer. */
  readonly speechHeard: boolean;
}

/** One stretch of one input for the voice activity model, with the state that the stretch before left behind. */
export interface SpeechStretch {
  /** 64 samples of context, then `windows` times 512 new ones. */
  readonly samples: Float32Array;
  /** Shape (2, 128). */
  readonly state: Float32Array;
}

export type WorkerRequestBody =
  | { readonly type: 'decode'; readonly modelId: string; readonly pieces: readonly DecodePiece[] }
  | { readonly type: 'detect-speech'; readonly stretches: readonly SpeechStretch[] };

export type WorkerRequest = WorkerRequestBody & { readonly requestId: number };

export type ToWorker =
  | { readonly type: 'load'; readonly models: readonly WorkerModel[] }
  | WorkerRequest
  | { readonly type: 'stop' };

export interface DecodedPiece extends DecodedTokens {
  readonly text: string;
}

export interface SpeechProbabilities {
  /** One for each window. */
  readonly probabilities: Float32Array;
  /** Shape (2, 128). */
  readonly state: Float32Array;
}

export type WorkerAnswer =
  | { readonly type: 'decoded'; readonly pieces: readonly DecodedPiece[] }
  | { readonly type: 'speech-probabilities'; readonly stretches: readonly SpeechProbabilities[] };

export type FromWorker =
  /** `shippedInstead` tells why a model runs on its shipped graphs. */
  | { readonly type: 'ready'; readonly shippedInstead: readonly string[] }
  | { readonly type: 'load-failed'; readonly reason: string }
  | (WorkerAnswer & { readonly requestId: number; readonly computeMs: number })
  | { readonly type: 'failed'; readonly requestId: number; readonly reason: string };
