/**
 * Why the decoder stopped. `max-tokens`: the text has more tokens than anybody can say in the time. `repetition`: the same,
 * and the text ends in a loop, of which one round is kept.
 */
export type StopReason = 'end-of-text' | 'max-tokens' | 'repetition';

/** The language that a model of several languages finds in the audio. */
export interface DetectedLanguage {
  /** BCP 47 tag. */
  readonly language: string;
  /** Of this language among those that may be detected, 0 to 1. */
  readonly probability: number;
}

/** The decoder's output before it is text. */
export interface DecodedTokens {
  /** Token ids without start and end of text. */
  readonly tokens: readonly number[];
  /** Natural logarithm of the probability of each token, as long as `tokens`. */
  readonly tokenLogProbs: readonly number[];
  readonly stopReason: StopReason;
  /** BCP 47 tag of the language in which the speech was decoded, from a model that detects it or is given one. */
  readonly language?: string;
  /** From a model that detects languages, also if it was given one: the most probable language of the audio. */
  readonly detected?: DetectedLanguage;
}

/** The decoder's result for one piece of audio. */
export interface Hypothesis extends DecodedTokens {
  readonly text: string;
  /** UTF-8 of each token, see OfflineModel.bytesOf; as long as `tokens`. */
  readonly tokenBytes: readonly Uint8Array[];
}

/** No words. */
export const emptyHypothesis: Hypothesis = {
  text: '',
  tokens: [],
  tokenBytes: [],
  tokenLogProbs: [],
  stopReason: 'end-of-text',
};

/** Whether the decoder did not come to an end by itself: its text is wrong or incomplete. */
export function isEndless({ stopReason }: Pick<DecodedTokens, 'stopReason'>): boolean {
  return stopReason !== 'end-of-text';
}

/** Mean log-probability of the tokens; undefined where there are none. */
export function meanLogProb(hypothesis: DecodedTokens): number | undefined {
  const { tokenLogProbs } = hypothesis;
  if (tokenLogProbs.length === 0) return undefined;
  return tokenLogProbs.reduce((sum, value) => sum + value, 0) / tokenLogProbs.length;
}
