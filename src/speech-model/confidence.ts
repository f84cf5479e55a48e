import type { DecodedTokens } from './hypothesis.js';
import { meanLogProb } from './hypothesis.js';

/**
 * Below this mean log-probability a text is not a guess at what was said, but what the model says when there was
 * nothing: it had wanted to end at once, and was not let. Measured on the corpus: speech is above -3.2, down to
 * single letters; what slips through the voice activity detector goes down to -7.
 */
const inventedBelow = -4.5;
/** Where the detector itself was in doubt all the time, as it is with music, the model has to be surer. */
const inventedInDoubtBelow = -2.5;
/** Real words bring the detector above this at some point; music held it at 0.76. */
const doubtBelowPeak = 0.9;

/**
 * Whether the text comes from the model alone and not from the audio. Judged by confidence, never by the words.
 * @param peakProbability the highest probability of speech of a window, 0 to 1
 */
export function isInvented(hypothesis: DecodedTokens, peakProbability: number): boolean {
  const mean = meanLogProb(hypothesis);
  if (mean === undefined) return false;
  return mean < (peakProbability < doubtBelowPeak ? inventedInDoubtBelow : inventedBelow);
}
