import type { AudioFormat } from '../../audio/audio.types.js';
import type { SpeechErrorCode } from '../../common/errors/error-codes.js';
import type { InputPiece } from '../recordings/reading-messages.js';
import type { LiveBlocks, LiveChainsOptions } from '../../normalization/live-chains.js';

/** A live stream of a compressed format. */
export interface LiveDecodingRequest extends LiveChainsOptions {
  readonly input:
    /** By the name that `detectContainer` gives it. */
    | { readonly type: 'container'; readonly name: string }
    /** Each message is one packet of Opus. */
    | { readonly type: 'opus-packets'; readonly channelCount: number };
  /** Of the process that decoded the stream before; see `CodecDecoder`. */
  readonly resumption?: Uint8Array;
}

export type LivePiece = InputPiece<LiveDecodingRequest>;

/** The result of one piece. */
export interface LiveDecoded {
  readonly format: AudioFormat | undefined;
  readonly blocks: LiveBlocks;
  readonly level: number;
  /** The bytes hold more audio than one answer may take: an empty piece goes on with it. */
  readonly hasMore: boolean;
  /** See `CodecDecoder`. */
  readonly heldBytes: number;
  /** The same as in the answer before if it is not there. */
  readonly resumption?: Uint8Array;
  /** The audio after the blocks is at fault; the stream is forgotten. */
  readonly failure?: { readonly code: SpeechErrorCode; readonly message: string };
}
