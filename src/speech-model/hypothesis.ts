/**
 * Why the decoder stopped. `max-tokens`: it had said more than anybody can say in the time. `repetition`: that too, and
 * it had gone round in circles, of which one round is kept.
 */
export type StopReason = 'end-of-text' | 'max-tokens' | 'repetition';

/** The decoder's output before it is text. */
export interface DecodedTokens {
  /** Token ids without start and end of text. */
  readonly tokens: readonly number[];
  /** Natural logarithm of the probability of each token, as long as `tokens`. */
  readonly tokenLogProbs: readonly number[];
  readonly stopReason: StopReason;
}

/** What the decoder made of one piece of audio. */
export interface Hypothesis extends DecodedTokens {
  readonly text: string;
}

/** The decoder did not come to an end by itself: what it says is not what was said, or not all of it. */
export function isEndless({ stopReason }: Pick<DecodedTokens, 'stopReason'>): boolean {
  return stopReason !== 'end-of-text';
}

/** Mean log-probability of the tokens; undefined where there are none. */
export function meanLogProb(hypothesis: DecodedTokens): number | undefined {
  const { tokenLogProbs } = hypothesis;
  if (tokenLogProbs.length === 0) return undefined;
  return tokenLogProbs.reduce((sum, value) => sum + value, 0) / tokenLogProbs.length;
}
