import type { AudioFormat } from '../../audio/audio.types.js';
import type { SpeechErrorCode } from '../../common/errors/error-codes.js';
import type { LiveBlocks, LiveChainsOptions } from '../../normalization/live-chains.js';

/** A live stream of a compressed format. */
export interface LiveDecodingRequest extends LiveChainsOptions {
  readonly input:
    /** By the name that `detectContainer` gives it. */
    | { readonly type: 'container'; readonly name: string }
    /** Each message is one packet of Opus. */
    | { readonly type: 'opus-packets'; readonly channelCount: number };
}

/** The next bytes of a stream. All pieces of one stream go to the same process, which keeps the state between them. */
export interface LivePiece {
  /** Identifies the stream. */
  readonly recording: number;
  /** Comes with the first bytes. */
  readonly begin?: LiveDecodingRequest;
  readonly bytes: Uint8Array;
  readonly last: boolean;
}

/** The result of one piece. */
export interface LiveDecoded {
  readonly format: AudioFormat | undefined;
  readonly blocks: LiveBlocks;
  readonly level: number;
  /** See `LiveCodecDecoder`. */
  readonly headerBytes: number | undefined;
  readonly heldBytes: number;
  /** The audio after the blocks is at fault; the stream is forgotten. */
  readonly failure?: { readonly code: SpeechErrorCode; readonly message: string };
}
