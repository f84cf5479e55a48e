import type { AudioFormat, PcmChunk } from './audio.types.js';

/** One per input: takes its bytes in order, in pieces of any size, and keeps what does not yet make a whole frame. */
export interface AudioDecoder {
  /** Known once the header has been read; at once for raw audio. */
  readonly format: AudioFormat | undefined;
  /**
   * Seconds that an input of so many bytes lasts; undefined before the header has been read and where only decoding
   * tells.
   */
  durationOf(totalBytes: number): number | undefined;
  /** @throws SpeechError AUDIO_* */
  push(bytes: Uint8Array): PcmChunk | undefined;
  /** No more bytes will come. @throws SpeechError AUDIO_EMPTY, AUDIO_CORRUPT */
  flush(): PcmChunk | undefined;
}
