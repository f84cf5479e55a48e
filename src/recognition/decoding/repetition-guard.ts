/** A cycle of tokens at the end of a text: `length` tokens, `times` times in a row. */
export interface Repetition {
  readonly length: number;
  readonly times: number;
}

/** Cycles of up to this many tokens are looked for; longer ones are verses, not loops. */
const maxCycleTokens = 24;

/**
 * Whether a row of tokens ends in a loop: the same cycle three times over at least twelve tokens, so that
 * "no, no, no" and "bye bye bye" pass and a decoder that is stuck does not.
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

/** The tokens with the loop at their end reduced to its first round. */
export function lengthWithoutRepetition(tokens: readonly number[], repetition: Repetition): number {
  return tokens.length - repetition.length * (repetition.times - 1);
}
