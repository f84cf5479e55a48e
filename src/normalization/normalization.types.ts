import type { PcmChunk } from '../audio/audio.types.js';

/** The rate that every stage after this one works at. */
export const modelSampleRateHz = 16_000;

/** Any rate and channel count in; 16 kHz mono in [-1, 1] out. One per input: keeps filter state. */
export interface AudioNormalizer {
  push(chunk: PcmChunk): Float32Array;
  /** No more audio will come: what the filters and the look-ahead still hold. */
  flush(): Float32Array;
  /** Of everything pushed so far. */
  stats(): SignalStats;
}

/** Measured on the input as it came (after downmixing and resampling, before gain). Numbers only. */
export interface SignalStats {
  readonly durationSeconds: number;
  readonly rmsDbfs: number;
  readonly peakDbfs: number;
  /** Integrated loudness with the gates of ITU-R BS.1770-4; -Infinity for silence. */
  readonly loudnessLufs: number;
  /** Share of samples at full scale, 0 to 1. */
  readonly clippedRatio: number;
  readonly dcOffset: number;
  /** What the gain stage added, at the end of the input. */
  readonly gainDb: number;
}

/** Which channel is heard: the mean of all, or one by its index. */
export type ChannelChoice = 'mix' | number;
