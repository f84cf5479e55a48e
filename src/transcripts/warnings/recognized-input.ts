import type { RawSamples } from '../../audio/raw-samples.js';
import type { Warning } from '../../common/warnings/warning-codes.js';
import type { Reading } from './sample-rate-verdict.js';

/** One input and its recognition at the declared rate. */
export interface RecognizedInput {
  readonly reading: Reading;
  /** Loudness (LUFS) or level (dBFS), whichever is larger: the gates of loudness ignore short audio. */
  readonly level: number;
  /** The highest probability of speech of any window; undefined if it is not known. */
  readonly peakProbability: number | undefined;
  /** Some seconds of its samples; undefined if they cannot be decoded in another format. */
  readonly samples: RawSamples | undefined;
  /** True if the client declared the format, false if a header did. */
  readonly declared: boolean;
}

/** Finds a likely mistake in the declared format. Never throws. */
export type FindWarnings = (input: RecognizedInput, signal: AbortSignal) => Promise<readonly Warning[]>;
