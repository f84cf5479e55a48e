import type { RawSamples } from '../../audio/raw-samples.js';
import type { Warning } from '../../common/warnings/warning-codes.js';
import type { Reading } from './sample-rate-verdict.js';

/** What was made of one input, as it was declared. */
export interface HeardInput {
  readonly reading: Reading;
  /** The larger of loudness (LUFS) and level (dBFS): the gates of the first leave short audio out. */
  readonly level: number;
  /** The highest probability of speech of any window; undefined where that is not known. */
  readonly peakProbability: number | undefined;
  /** Some seconds of its samples; undefined where they cannot be read in another way. */
  readonly samples: RawSamples | undefined;
  /** The client said how the samples are written; otherwise a header did. */
  readonly declared: boolean;
}

/** Finds what the client most likely declared wrongly. Never throws. */
export type FindWarnings = (input: HeardInput, signal: AbortSignal) => Promise<readonly Warning[]>;
