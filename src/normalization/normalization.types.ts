import type { PcmChunk } from '../audio/audio.types.js';

/** The sample rate of every stage after this one. */
export const modelSampleRateHz = 16_000;

/** Changes with every change of the stages here after which the same audio becomes other samples. */
export const normalizerVersion = 2;

/** Turns audio of any rate and number of channels into 16 kHz mono in [-1, 1]. It keeps state: one for each input. */
export interface AudioNormalizer {
  push(chunk: PcmChunk): Float32Array;
  /** @returns the samples that the filters and the look-ahead still hold; to be called after the last chunk */
  flush(): Float32Array;
  /** Statistics of all audio so far. */
  stats(): SignalStats;
}

/** Measured after downmixing and resampling, before gain. */
export interface SignalStats {
  readonly durationSeconds: number;
  readonly rmsDbfs: number;
  readonly peakDbfs: number;
  /** Integrated loudness with the gates of ITU-R BS.1770-4; -Infinity for silence. */
  readonly loudnessLufs: number;
  /** Share of samples at full scale, 0 to 1. */
  readonly clippedRatio: number;
  readonly dcOffset: number;
  /** Gain at the end of the input. */
  readonly gainDb: number;
}

/** The mean of all channels, or the index of one. */
export type ChannelChoice = 'mix' | number;
