import type { DecodeRates } from './capabilities.js';
import type { DecodeLimits } from './offline-model.js';

/** Nobody talks faster, in English. */
const trialTokensPerSecond = 10;

/**
 * How many tokens a piece of audio may have.
 * @param samples at 16 kHz, padding included
 * @param speechDetected the empty text is not an answer
 * @param isTrial see Instructions
 */
export function decodeLimits(
  samples: number,
  speechDetected: boolean,
  { tokensAtLeast, tokensPerSecond }: DecodeRates,
  isTrial = false,
): DecodeLimits {
  const rate = isTrial ? Math.min(tokensPerSecond, trialTokensPerSecond) : tokensPerSecond;
  return { maxTokens: tokensAtLeast + Math.ceil((samples / 16_000) * rate), mayBeEmpty: !speechDetected };
}
