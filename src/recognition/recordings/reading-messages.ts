import type { AudioFormat } from '../../audio/audio.types.js';
import type { SpeechErrorCode } from '../../common/errors/error-codes.js';
import type { SignalStats } from '../../normalization/normalization.types.js';
import type { RecordingRequest } from '../../normalization/recording-decoder.js';
import type { CutterOptions, RecordingSegment } from '../hearing/recording-cutter.js';

/** All that is stated about a recording before its bytes. */
export interface ReadRequest extends RecordingRequest {
  readonly cutter: CutterOptions;
  /** Only this many seconds are processed, from the first sound on. */
  readonly excerptSeconds?: number;
}

/** The next bytes of a recording. The process keeps what came before: all pieces of one recording go to the same process. */
export interface RecordingPiece {
  /** Identifies the recording. */
  readonly recording: number;
  /** With the first bytes. */
  readonly begin?: ReadRequest;
  readonly bytes: Uint8Array;
  readonly last: boolean;
}

/** The result of one piece of a recording. */
export interface ReadPiece {
  /** Undefined before the header has been read. */
  readonly format: AudioFormat | undefined;
  /** The segments that ended in it. */
  readonly segments: readonly RecordingSegment[];
  readonly stats: SignalStats;
  /** The highest probability of speech that the detector gave any window so far. */
  readonly peakProbability: number;
}

export type ReadAnswer =
  | { readonly type: 'read'; readonly piece: ReadPiece }
  /** The audio is at fault; the recording is forgotten. */
  | { readonly type: 'refused'; readonly code: SpeechErrorCode; readonly message: string };
