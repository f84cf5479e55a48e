import type { AudioFormat } from '../../audio/audio.types.js';
import type { SignalStats } from '../../normalization/normalization.types.js';
import type { RecordingSegment } from '../hearing/recording-cutter.js';

/** A whole recording on its way into the recognizer. */
export interface Recording {
  readonly format: AudioFormat;
  /** The pieces with speech in them, in order; decoding goes only as far as the reader reads. Iterate them once. */
  readonly segments: AsyncIterable<RecordingSegment>;
  /** Of what has been read so far. */
  stats(): SignalStats;
  /** The highest probability of speech that the detector gave any window of what has been read so far. */
  peakProbability(): number;
}
