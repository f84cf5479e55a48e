import type { DecodedTokens } from './hypothesis.js';

/** A cycle of tokens at the end of a text: `length` tokens, `times` times in a row. */
export interface Repetition {
  readonly length: number;
  readonly times: number;
}

/** Cycles of up to this many tokens are looked for; longer ones are verses, not loops. */
const maxCycleTokens = 24;

/**
 * The cycle that a row of tokens ends in: three times over at least twelve tokens. By itself it is not a fault: people
 * repeat a question, and count "seven, seven, seven". It is a fault where the decoder has not come to an end.
 */
export function findRepetition(tokens: readonly number[]): Repetition | undefined {
  for (let length = 1; length <= maxCycleTokens; length++) {
    const times = cyclesAtEnd(tokens, length);
    if (times >= 3 && times * length >= 12) return { length, times };
  }
  return undefined;
}

function cyclesAtEnd(tokens: readonly number[], length: number): number {
  let same = 0;
  for (let at = tokens.length - 1; at >= length && tokens[at] === tokens[at - length]; at--) same++;
  return Math.floor(same / length) + 1;
}

/**
 * Shortens a text that reached its maximum of tokens without an end. A person who repeats something stops, and so does
 * the decoder; a decoder in a loop goes on to the maximum. One round of its loop is kept.
 */
export function endedByLimit(tokens: readonly number[], tokenLogProbs: readonly number[]): DecodedTokens {
  const repetition = findRepetition(tokens);
  if (repetition === undefined) return { tokens, tokenLogProbs, stopReason: 'max-tokens' };
  const length = tokens.length - repetition.length * (repetition.times - 1);
  return {
    tokens: tokens.slice(0, length),
    tokenLogProbs: tokenLogProbs.slice(0, length),
    stopReason: 'repetition',
  };
}
