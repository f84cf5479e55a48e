import type { UtteranceRecord } from '../recognition/utterances/utterance-record.js';
import { confidenceOf } from './captured-utterance.js';
import type { CaptureReason } from './captured-utterance.js';

export interface CapturePolicy {
  /** Utterances with less confidence are kept; 0: none for that. */
  readonly confidenceBelow: number;
  /** Share that is kept of utterances of a kind by which the traffic has drifted, 0 to 1. */
  readonly driftShare: number;
  /** Share of all others that is kept, 0 to 1. */
  readonly share: number;
}

/**
 * Why an utterance is kept; undefined: it is not.
 * @param isDrifting whether it is of a kind by which the traffic has drifted
 * @param random in [0, 1)
 */
export function captureReason(
  record: UtteranceRecord,
  isDrifting: boolean,
  { confidenceBelow, driftShare, share }: CapturePolicy,
  random: number,
): CaptureReason | undefined {
  if (record.output.isEmpty && confidenceBelow > 0) return 'empty';
  if (confidenceOf(record) < confidenceBelow) return 'low-confidence';
  if (random < share) return 'random';
  // The rest of the line: a random one is kept as such, or it would be missing among the random ones.
  return isDrifting && random < share + (1 - share) * driftShare ? 'drift' : undefined;
}
