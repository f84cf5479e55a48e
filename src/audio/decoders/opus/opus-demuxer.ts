import type { OpusHead } from './opus-head.js';

/** What a container with an Opus stream holds, in order. */
export type OpusPart =
  /** Begins the stream; a second one a further stream that follows it. */
  | { readonly type: 'head'; readonly head: OpusHead }
  /** Its bytes are valid until the next part is taken. `discardSamples` (at 48 kHz) of its end do not count. */
  | { readonly type: 'packet'; readonly bytes: Uint8Array; readonly discardSamples: number };

/** Finds the Opus stream in the bytes of a container, which arrive in pieces of any size. */
export interface OpusDemuxer {
  readonly container: 'ogg' | 'webm' | 'mp4';
  /** See `CodecDecoder`. */
  readonly truncation: string | undefined;
  /** Bytes of the end of what was pushed that are not parsed yet: they begin at a page, or an element. */
  readonly heldBytes: number;
  /** See `CodecDecoder`. */
  resumption(): Uint8Array;
  /** The last packets, from the oldest one on: a decoder that is given them is where another one is. */
  readonly recentPackets: readonly Uint8Array[];
  /** @throws SpeechError AUDIO_* */
  push(bytes: Uint8Array): Iterable<OpusPart>;
  /** After the last bytes. */
  flush(): Iterable<OpusPart>;
}

/**
 * A decoder that begins in the middle is where the one before was after this much, at 48 kHz: 320 ms. RFC 7845 asks for 80 ms, after
 * which samples still differ by up to 0.08; after 320 ms those of CELT by 0.00001. Those of SILK, whose rounding depends on all
 * samples before, differ by up to 0.002, also after seconds.
 */
export const preRollSamples = 15_360;

/** The longest packet that the package takes has fewer bytes. */
export const packetBytesAtMost = 61_440;
