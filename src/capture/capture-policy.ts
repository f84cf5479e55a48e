import type { UtteranceRecord } from '../recognition/utterances/utterance-record.js';
import { confidenceOf } from './captured-utterance.js';
import type { CaptureReason } from './captured-utterance.js';

export interface CapturePolicy {
  /** Utterances with less confidence are kept; 0: none for that. */
  readonly confidenceBelow: number;
  /** Share of all others that is kept, 0 to 1. */
  readonly share: number;
}

/** Why an utterance is kept; undefined: it is not. @param random in [0, 1) */
export function captureReason(
  record: UtteranceRecord,
  { confidenceBelow, share }: CapturePolicy,
  random: number,
): CaptureReason | undefined {
  if (record.output.isEmpty && confidenceBelow > 0) return 'empty';
  if (confidenceOf(record) < confidenceBelow) return 'low-confidence';
  return random < share ? 'random' : undefined;
}
