import type { DecodeRates } from './capabilities.js';
import type { DecodeLimits } from './offline-model.js';

/**
 * How many tokens a piece of audio may have.
 * @param samples at 16 kHz, padding included
 * @param speechDetected the empty text is not an answer
 */
export function decodeLimits(samples: number, speechDetected: boolean, rates: DecodeRates): DecodeLimits {
  return {
    maxTokens: rates.tokensAtLeast + Math.ceil((samples / 16_000) * rates.tokensPerSecond),
    mayBeEmpty: !speechDetected,
  };
}
