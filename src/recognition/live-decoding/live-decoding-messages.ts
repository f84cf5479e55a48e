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
}

export type LivePiece = InputPiece<LiveDecodingRequest>;

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
