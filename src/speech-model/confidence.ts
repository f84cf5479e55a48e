import type { ConfidenceBounds } from './capabilities.js';
import type { DecodedTokens } from './hypothesis.js';
import { meanLogProb } from './hypothesis.js';

/**
 * Whether the text comes from the model alone and not from the audio. The model's confidence decides, never the words.
 * @param peakProbability the highest probability of speech of a window, 0 to 1
 * @param bounds of the model
 */
export function isInvented(
  hypothesis: DecodedTokens,
  peakProbability: number,
  bounds: ConfidenceBounds,
): boolean {
  const mean = meanLogProb(hypothesis);
  if (mean === undefined) return false;
  const { doubtBelowPeak, inventedBelow, inventedInDoubtBelow } = bounds;
  return mean < (peakProbability < doubtBelowPeak ? inventedInDoubtBelow : inventedBelow);
}
