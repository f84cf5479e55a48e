import type { TextWord } from '../common/words.js';
import type { DetectedLanguage } from '../speech-model/hypothesis.js';

/** As it stands in the text, with its punctuation. */
export interface TimedWord extends TextWord {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** A piece of text with its times, which count from the first sample of the recording. */
export interface TranscriptSegment {
  readonly id: number;
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly text: string;
  /** Token ids without start and end of text. */
  readonly tokens: readonly number[];
  /** UTF-8 of each token, as long as `tokens`. */
  readonly tokenBytes: readonly Uint8Array[];
  /** Natural logarithm of the probability of each token, as long as `tokens`. */
  readonly tokenLogProbs: readonly number[];
  /** Mean of `tokenLogProbs`; 0 without tokens. */
  readonly meanLogProb: number;
  /** BCP 47 tag of the speech, as a model of several languages reports it. */
  readonly language?: string;
  /** The most probable language of the speech, which need not be the one in which it was decoded. */
  readonly detected?: DetectedLanguage;
  /** The words of `text` with their times, if a convention has changed it; otherwise their times follow from the text. */
  readonly words?: readonly TimedWord[];
}

/** The text of a whole recording. Without speech, `text` is empty and there are no segments. */
export interface Transcript {
  readonly text: string;
  /** BCP 47 tag: what the model says, or what is known in advance. */
  readonly language: string;
  /** Mean probability of the language over all speech, 0 to 1; undefined where the model detects none. */
  readonly languageProbability?: number;
  /** Duration of the recording, with its silence. */
  readonly durationSeconds: number;
  readonly segments: readonly TranscriptSegment[];
}

/**
 * The geometric mean of the probabilities of the tokens, 0 to 1. It is not calibrated: it ranks segments of one model,
 * but 0.9 does not mean that nine of ten words are right.
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

/** The languages of the speech that the model reports, in the order in which they come. */
export function languagesIn(segments: readonly Pick<TranscriptSegment, 'language'>[]): readonly string[] {
  return [...new Set(segments.flatMap(({ language }) => language ?? []))];
}

/** The probability of the language in which a segment was decoded; undefined where another one is more probable. */
export function languageProbabilityOf({
  language,
  detected,
}: Pick<TranscriptSegment, 'language' | 'detected'>): number | undefined {
  return detected !== undefined && detected.language === language ? detected.probability : undefined;
}
