/** What the decoder made of one piece of audio. */
export interface Hypothesis {
  readonly text: string;
  /** Token ids without start and end of text. */
  readonly tokens: readonly number[];
  /** Natural logarithm of the probability of each token, as long as `tokens`. */
  readonly tokenLogProbs: readonly number[];
  readonly stopReason: 'end-of-text' | 'max-tokens' | 'repetition';
}

/** Mean log-probability of the tokens; undefined where there are none. */
export function meanLogProb(hypothesis: Hypothesis): number | undefined {
  const { tokenLogProbs } = hypothesis;
  if (tokenLogProbs.length === 0) return undefined;
  return tokenLogProbs.reduce((sum, value) => sum + value, 0) / tokenLogProbs.length;
}
