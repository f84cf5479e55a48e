/**
 * Turns whole blocks of bytes into samples. A block is the smallest piece that can be decoded alone: one frame (a
 * sample of every channel) of PCM, some hundred frames of ADPCM.
 */
export interface SampleCodec {
  readonly blockBytes: number;
  readonly framesPerBlock: number;
  readonly channels: number;
  /** Frames in the first bytes of a block that was cut short. */
  framesIn(bytes: number): number;
  /**
   * Writes interleaved samples in [-1, 1] to `out` from `at` on.
   * @throws SpeechError AUDIO_CORRUPT
   */
  decode(bytes: Uint8Array, start: number, blocks: number, out: Float32Array, at: number): void;
}
