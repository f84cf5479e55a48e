import type { ObjectState } from '../common/object-state.js';
import type { AudioFormat, PcmChunk } from './audio.types.js';
import type { BlockSplitter } from './decoders/block-splitter.js';

interface Decoder {
  /** Undefined until the header has been read; raw audio has it from the start. */
  readonly format: AudioFormat | undefined;
  /** Duration in seconds of an input of `totalBytes`; undefined while it cannot be known without decoding. */
  durationOf(totalBytes: number): number | undefined;
}

/** Decodes the bytes of one input, which arrive in order and in pieces of any size. It keeps an incomplete frame. */
export interface AudioDecoder extends Decoder {
  /** Undefined until the header has been read. Not of a live stream, which does not go on elsewhere. */
  readonly blocks?: BlockSplitter | undefined;
  /** @throws SpeechError AUDIO_* */
  push(bytes: Uint8Array): PcmChunk | undefined;
  /** To be called once, after the last bytes. @throws SpeechError AUDIO_EMPTY, AUDIO_CORRUPT */
  flush(): PcmChunk | undefined;
}

/** The state of a decoder between two pushes. */
export interface CodecState {
  /** As `resumption` has them: they put the package into the state in which it was. None if the values have all it takes. */
  readonly resumption: Uint8Array;
  /** Everything but the package: bytes of an incomplete frame, counts, claims of the header, perhaps the last packets. */
  readonly values: ObjectState;
}

export type PcmChunks = Iterable<PcmChunk> | AsyncIterable<PcmChunk>;

/**
 * The same for compressed formats, whose packages may decode asynchronously. One call at a time. A few bytes can hold hours,
 * so a call yields chunks of a few seconds at most, and decodes only as far as they are taken. Another process can go on with
 * a stream after the one that decoded it has ended.
 */
export interface CodecDecoder extends Decoder {
  /** @throws SpeechError AUDIO_* */
  push(bytes: Uint8Array): PcmChunks;
  /** To be called once, after the last bytes. @throws SpeechError AUDIO_EMPTY, AUDIO_CORRUPT */
  flush(): PcmChunks;
  /** After `flush`, how the input is cut short, as a sentence; undefined if it is whole, or does not tell. */
  readonly truncation?: string | undefined;
  /** Bytes at the end of what was pushed that are not decoded yet. */
  readonly heldBytes: number;
  /**
   * Bytes from which another decoder gets the state of this one. It is given them first, and what it yields for them is
   * discarded; the held bytes and those that come after them follow. To be called when all chunks of a push were taken.
   */
  resumption(): Uint8Array;
  /**
   * The whole state, with which a recording goes on in another decoder that was just opened, with the same samples. Undefined
   * if it cannot go on here; a decoder without it has to read its recordings from their beginning again.
   */
  state?(): CodecState | undefined;
  /** To be called before anything is pushed. */
  restore?(state: CodecState): void | Promise<void>;
  /** Frees the memory of the package; no call may follow. */
  dispose(): void;
}

/** A chunk, or the report that none is there yet: others may go on meanwhile, and the next call goes on here. */
export type ProgramOutput = PcmChunk | 'waiting';

/** The same for recordings, which need not be read in order, and which another program may decode. */
export interface ProgramDecoder extends Decoder {
  /** Offset in the input at which the next pushed bytes have to begin; undefined: where the ones before end. */
  readonly nextOffset: number | undefined;
  /** @throws SpeechError AUDIO_* */
  push(bytes: Uint8Array): AsyncIterable<ProgramOutput>;
  /** To be called once, after the last bytes, when no others are wanted. @throws SpeechError AUDIO_EMPTY, AUDIO_CORRUPT */
  flush(): AsyncIterable<ProgramOutput>;
  dispose(): void;
}
