import type { ObjectState } from '../../common/object-state.js';

/**
 * Decodes whole blocks of bytes to samples, in order. A block is the smallest unit that can be decoded: one frame (a
 * sample of every channel) of PCM, some hundred frames of ADPCM.
 */
export interface SampleCodec {
  readonly blockBytes: number;
  readonly framesPerBlock: number;
  readonly channels: number;
  /** Frames that the first `bytes` of an incomplete block contain. */
  framesIn(bytes: number): number;
  /**
   * Writes interleaved samples in [-1, 1] to `out`, beginning at `at`.
   * @throws SpeechError AUDIO_CORRUPT
   */
  decode(bytes: Uint8Array, start: number, blocks: number, out: Float32Array, at: number): void;
  /** What the next block depends on; a codec whose blocks are independent of one another has none. */
  state?(): ObjectState;
  restore?(state: ObjectState): void;
}
