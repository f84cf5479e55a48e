import type { AudioFormat } from '../audio/audio.types.js';
import type { SpeechErrorCode } from '../common/errors/error-codes.js';
import type { SpeechModelDimensions } from '../families/moonshine/graphs/moonshine-source.js';
import type { SignalStats } from '../normalization/normalization.types.js';
import type { RecordingRequest } from '../normalization/recording-session.js';
import type { DecodedTokens } from '../speech-model/hypothesis.js';
import type { CutterOptions, RecordingSegment } from '../recognition/hearing/recording-cutter.js';
import type { LoadedGraphs } from './loaded-graphs.js';
import type { Foreknowledge } from '../speech-model/offline-model.js';

/** The messages between the service and one inference process. Requests are numbered; each gets one answer. */

interface MoonshineGraphs {
  readonly encoderPath: string;
  readonly decodeLoopPath: string;
  readonly dimensions: SpeechModelDimensions;
}

/** What a process loads before it says that it is ready. Paths are absolute. */
export type WorkerModel =
  | {
      readonly family: 'moonshine';
      readonly id: string;
      /** The graphs as they are shipped. */
      readonly encoderPath: string;
      readonly decoderPath: string;
      /** The graphs made for serving, where there are any. */
      readonly compiled?: MoonshineGraphs;
      /** The same prepared for this machine, where they are. */
      readonly prepared?: MoonshineGraphs;
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

/** All that is told about a recording before its bytes. */
export interface ReadRequest extends RecordingRequest {
  readonly cutter: CutterOptions;
  /** Only so many seconds are listened to, from the first sound on. */
  readonly excerptSeconds?: number;
}

/** The next bytes of a recording. The process remembers what came before: all of one recording go to the same process. */
export interface RecordingPiece {
  /** Names the recording. */
  readonly recording: number;
  /** With the first bytes. */
  readonly begin?: ReadRequest;
  readonly bytes: Uint8Array;
  readonly last: boolean;
}

/** What a piece of a recording gave. */
export interface ReadPiece {
  /** Undefined before the header has been read. */
  readonly format: AudioFormat | undefined;
  /** The segments that ended in it. */
  readonly segments: readonly RecordingSegment[];
  readonly stats: SignalStats;
  /** The highest probability of speech that the detector gave any window so far. */
  readonly peakProbability: number;
}

export type WorkerRequestBody =
  | ({ readonly type: 'read' } & RecordingPiece)
  | { readonly type: 'decode'; readonly modelId: string; readonly pieces: readonly DecodePiece[] }
  | { readonly type: 'detect-speech'; readonly stretches: readonly SpeechStretch[] };

export type WorkerRequest = WorkerRequestBody & { readonly requestId: number };

export type ToWorker =
  | { readonly type: 'load'; readonly models: readonly WorkerModel[] }
  | WorkerRequest
  /** Nothing more of this recording is wanted; has no answer. */
  | { readonly type: 'forget'; readonly recording: number }
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
  | { readonly type: 'read'; readonly piece: ReadPiece }
  /** The fault is the audio's; the recording is forgotten. */
  | { readonly type: 'refused'; readonly code: SpeechErrorCode; readonly message: string }
  | { readonly type: 'decoded'; readonly pieces: readonly DecodedPiece[] }
  | { readonly type: 'speech-probabilities'; readonly stretches: readonly SpeechProbabilities[] };

export type FromWorker =
  /** `graphs` tells of each model what was loaded. */
  | { readonly type: 'ready'; readonly graphs: readonly LoadedGraphs[] }
  | { readonly type: 'load-failed'; readonly reason: string }
  | (WorkerAnswer & { readonly requestId: number; readonly computeMs: number })
  | { readonly type: 'failed'; readonly requestId: number; readonly reason: string };
