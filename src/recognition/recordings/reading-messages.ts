import type { AudioFormat } from '../../audio/audio.types.js';
import type { SpeechErrorCode } from '../../common/errors/error-codes.js';
import type { SignalFeatures } from '../../normalization/signal/utterance-signal.js';
import type { SignalStats } from '../../normalization/normalization.types.js';
import type { RecordingRequest } from '../../normalization/recording-decoder.js';
import type { CutterOptions, RecordingSegment } from '../hearing/recording-cutter.js';

/** The options with which a recording is read. */
export interface ReadRequest extends RecordingRequest {
  readonly cutter: CutterOptions;
  /** Only this many seconds are processed, from the first sound on. */
  readonly excerptSeconds?: number;
  /** Of a process before: the bytes that follow are those after it. */
  readonly checkpoint?: Uint8Array;
}

/** The next bytes of an input. All pieces of one input go to the same process, which keeps the state between them. */
export interface InputPiece<Begin> {
  /** Identifies the input. */
  readonly recording: number;
  /** Comes with the first bytes. */
  readonly begin?: Begin;
  /** Of a recording, empty to go on with the bytes before. */
  readonly bytes: Uint8Array;
  readonly last: boolean;
  /** Of a recording: the answer shall have a checkpoint, if the format allows one. */
  readonly wantsCheckpoint?: boolean;
}

export type RecordingPiece = InputPiece<ReadRequest>;

/** The result of one piece of a recording. */
export interface ReadPiece {
  /** Undefined before the header has been read. */
  readonly format: AudioFormat | undefined;
  /** The segments that ended in this piece. */
  readonly segments: readonly RecordingSegment[];
  /** The bytes hold more audio than one answer may take: an empty piece goes on with it. */
  readonly hasMore: boolean;
  /** Another program decodes: there is no more yet, and the empty piece may come a moment later. */
  readonly isWaiting?: boolean;
  /** Offset at which the next piece has to begin; undefined: where this one ends. Then nothing was the last piece. */
  readonly nextOffset?: number | undefined;
  readonly stats: SignalStats;
  /** With the last piece of a recording that is read whole. */
  readonly signal?: SignalFeatures | undefined;
  /** The highest probability of speech that the detector gave any window so far. */
  readonly peakProbability: number;
  /** With the last piece, how the recording is cut short, as a sentence. */
  readonly truncation?: string | undefined;
  /** The state of the process after this piece: another one can go on with it, without the bytes so far. */
  readonly checkpoint?: Uint8Array;
}

export type ReadAnswer = ProcessAnswer<ReadPiece>;

/** The answer of a process that reads audio of clients. */
export type ProcessAnswer<Result> =
  | { readonly type: 'read'; readonly piece: Result }
  /** The audio is at fault; the recording is forgotten. */
  | { readonly type: 'refused'; readonly code: SpeechErrorCode; readonly message: string };
