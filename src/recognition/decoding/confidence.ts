import type { DecodedTokens } from './hypothesis.js';
import { meanLogProb } from './hypothesis.js';

/**
 * Below this mean log-probability a text is not a guess at what was said, but what the model says when there was
 * nothing: it had wanted to end at once, and was not let. Measured on the corpus: speech is above -3.2, down to
 * single letters; what slips through the voice activity detector is below -7.
 */
const inventedBelow = -4.5;

/** Whether the text comes from the model alone and not from the audio. Judged by confidence, never by the words. */
export function isInvented(hypothesis: DecodedTokens): boolean {
  const mean = meanLogProb(hypothesis);
  return mean !== undefined && mean < inventedBelow;
}
