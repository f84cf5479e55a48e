import type { AudioFormat, PcmChunk } from './audio.types.js';

/** Decodes the bytes of one input, which arrive in order and in pieces of any size. It keeps an incomplete frame. */
export interface AudioDecoder {
  /** Undefined until the header has been read; raw audio has it from the start. */
  readonly format: AudioFormat | undefined;
  /** Duration in seconds of an input of `totalBytes`; undefined while it cannot be known without decoding. */
  durationOf(totalBytes: number): number | undefined;
  /** @throws SpeechError AUDIO_* */
  push(bytes: Uint8Array): PcmChunk | undefined;
  /** To be called once, after the last bytes. @throws SpeechError AUDIO_EMPTY, AUDIO_CORRUPT */
  flush(): PcmChunk | undefined;
}
