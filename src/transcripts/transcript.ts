/** A timed piece of text, as clients read it. Times count from the first sample of the recording. */
export interface TranscriptSegment {
  readonly id: number;
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly text: string;
  /** Token ids without start and end of text. */
  readonly tokens: readonly number[];
  /** Natural logarithm of the probability of each token, as long as `tokens`. */
  readonly tokenLogProbs: readonly number[];
  /** Mean of `tokenLogProbs`; 0 where there are none. */
  readonly meanLogProb: number;
}

/** What was said in a whole recording. Without speech, `text` is empty and there are no segments. */
export interface Transcript {
  readonly text: string;
  /** BCP 47 tag of the model's language. */
  readonly language: string;
  /** Of the recording, not of its speech. */
  readonly durationSeconds: number;
  readonly segments: readonly TranscriptSegment[];
}

/**
 * exp(mean log-probability) of the tokens, 0 to 1: the geometric mean of their probabilities. It is not calibrated:
 * it ranks segments of one model, and 0.9 does not mean that nine words of ten are right.
 */
export function confidenceOf(segment: Pick<TranscriptSegment, 'meanLogProb'>): number {
  return Math.exp(segment.meanLogProb);
}

/** The confidence of a whole transcript: the same mean over all of its tokens; 0 without speech. */
export function overallConfidence(segments: readonly TranscriptSegment[]): number {
  let sum = 0;
  let count = 0;
  for (const { tokenLogProbs } of segments) {
    for (const logProb of tokenLogProbs) sum += logProb;
    count += tokenLogProbs.length;
  }
  return count === 0 ? 0 : Math.exp(sum / count);
}
