import type { AudioFormat } from '../../audio/audio.types.js';
import type { SignalFeatures } from '../../normalization/signal/utterance-signal.js';
import type { SignalStats } from '../../normalization/normalization.types.js';
import type { RecordingSegment } from '../hearing/recording-cutter.js';

/** A whole recording on its way into the recognizer. */
export interface Recording {
  readonly format: AudioFormat;
  /** The segments with speech in them, in order, to be iterated once; the recording is read only as far as they are taken. */
  readonly segments: AsyncIterable<RecordingSegment>;
  /** Statistics of the part that has been read so far. */
  stats(): SignalStats;
  /** Features of the samples before gain, once the recording has been read to its end. */
  signal(): SignalFeatures | undefined;
  /** The highest probability of speech that the detector gave any window so far. */
  peakProbability(): number;
  /** Once it has been read to its end, how a compressed recording is cut short; undefined if it is whole, or does not tell. */
  truncation(): string | undefined;
}
