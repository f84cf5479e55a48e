import type { AudioFormat, DeclaredFormat } from '../audio/audio.types.js';
import type { SpeechErrorCode } from '../common/errors/error-codes.js';
import type { NormalizerOptions } from './audio-normalizer.js';
import type { SignalStats } from './normalization.types.js';

/** All that the thread is told about a recording before its bytes. */
export interface RecordingRequest {
  readonly declared: DeclaredFormat | undefined;
  readonly totalBytes: number;
  readonly maxAudioSeconds: number;
  readonly normalizer: Omit<NormalizerOptions, 'mode'>;
}

/** What one piece of a recording's bytes gave. */
export interface DecodedPiece {
  /** Undefined before the header has been read. */
  readonly format: AudioFormat | undefined;
  /** 16 kHz mono, at most a second each. */
  readonly blocks: readonly Float32Array[];
  readonly stats: SignalStats;
}

/** To the thread; `id` names the recording. Each `decode` has one answer, `open` and `close` have none. */
export type RecordingCommand =
  | { readonly type: 'open'; readonly id: number; readonly request: RecordingRequest }
  | { readonly type: 'decode'; readonly id: number; readonly bytes: Uint8Array; readonly last: boolean }
  | { readonly type: 'close'; readonly id: number };

/** From the thread. After `failed` the recording is closed. */
export type RecordingAnswer =
  | { readonly type: 'decoded'; readonly id: number; readonly piece: DecodedPiece }
  | {
      readonly type: 'failed';
      readonly id: number;
      readonly code: SpeechErrorCode;
      readonly message: string;
    };
