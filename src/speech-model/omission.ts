import type { OmissionBounds } from './capabilities.js';
import type { DecodedTokens } from './hypothesis.js';

/**
 * Whether a text has fewer tokens than speech of that length: the model may have left out some of it.
 * @param samples at 16 kHz, padding included
 * @param bounds of the model; undefined: it leaves nothing out
 */
export function hasOmission(
  { tokens }: Pick<DecodedTokens, 'tokens'>,
  samples: number,
  bounds: OmissionBounds | undefined,
): boolean {
  if (bounds === undefined) return false;
  const seconds = samples / 16_000;
  return seconds >= bounds.fromSeconds && tokens.length < bounds.tokensPerSecondBelow * seconds;
}
