import type { DecodedTokens } from '../../speech-model/hypothesis.js';
import { meanLogProb } from '../../speech-model/hypothesis.js';
import { endedByLimit } from '../../speech-model/repetition-guard.js';
import { specialCount } from './graphs/graph-interface.js';
import type { SpecialTokens } from './graphs/graph-interface.js';

/** Results of the decode loop, see graphs/graph-interface.ts. */
export interface DecodedBatch {
  /** Shape (1 + steps, batch, 1): the language, then the text. */
  readonly tokens: BigInt64Array;
  readonly logProbs: Float32Array;
  /** Shape (batch, special). */
  readonly special: Float32Array;
}

export interface RowPlace {
  readonly row: number;
  readonly batch: number;
  /** The most tokens that the row may have. */
  readonly maxTokens: number;
}

/**
 * Nobody speaks if the model holds that for more probable than this, and its text for less probable than the other. Measured
 * on the corpus with base: of speech, single digits came nearest (0.66 with -1.1); hums and noise have 0.7 and more with -1.2
 * and less.
 */
const noSpeechAbove = 0.6;
const meanLogProbBelow = -1.2;

/** The text of one row of a batch. A text of audio in which nobody speaks is empty. */
export function textOfRow(
  { tokens, logProbs, special }: DecodedBatch,
  { row, batch, maxTokens }: RowPlace,
  ids: SpecialTokens,
): DecodedTokens {
  const steps = tokens.length / batch - 1;
  const tokenAt = (step: number) => Number(tokens[step * batch + row]);
  const chosen: number[] = [];
  const chosenLogProbs: number[] = [];
  let hasEnd = false;
  for (let step = 1; step <= steps && chosen.length < maxTokens; step++) {
    hasEnd = tokenAt(step) === ids.endOfText;
    if (hasEnd) break;
    chosen.push(tokenAt(step));
    chosenLogProbs.push(logProbs[step * batch + row]!);
  }
  const text: DecodedTokens = hasEnd
    ? { tokens: chosen, tokenLogProbs: chosenLogProbs, stopReason: 'end-of-text' }
    : endedByLimit(chosen, chosenLogProbs);
  const noSpeech = special[row * specialCount(ids) + ids.noSpeech - ids.endOfText]!;
  const isInvented = noSpeech > noSpeechAbove && (meanLogProb(text) ?? 0) < meanLogProbBelow;
  return isInvented ? { tokens: [], tokenLogProbs: [], stopReason: 'end-of-text' } : text;
}
