import { separatorBetween } from '../common/words.js';
import { isEndless } from '../speech-model/hypothesis.js';
import type { Hypothesis } from '../speech-model/hypothesis.js';
import { halvePiece } from './hearing/halve.js';

/** A shorter piece is not halved again when the decoder finds no end on it. */
const shortestHalvedSamples = 4 * 16_000;

/** Halves that recover speech have more tokens by this factor; a smaller difference is another spelling of the same. */
const recoveredFactor = 1.1;

export type DecodePieceOf = (samples: Float32Array) => Promise<Hypothesis>;

/** Halves a piece on which the decoder found no end, and each half again, until it finds one or the piece is short. */
export async function decodeUntilEnd(
  samples: Float32Array,
  whole: Hypothesis,
  decode: DecodePieceOf,
): Promise<Hypothesis> {
  if (!isEndless(whole) || samples.length < shortestHalvedSamples) return whole;
  const [first, second] = halvePiece(samples);
  return joined(
    await decodeUntilEnd(first, await decode(first), decode),
    await decodeUntilEnd(second, await decode(second), decode),
  );
}

/**
 * Halves a piece whose text lacks some of its speech, and each half again. A model leaves out the beginning or the end of a
 * piece in which speakers or rooms change; each half by itself has its text.
 * @param lacksSpeech whether a text may be incomplete; false for short pieces
 * @returns the text of the halves where they have more, otherwise `whole`
 */
export async function decodeOmitted(
  samples: Float32Array,
  whole: Hypothesis,
  decode: DecodePieceOf,
  lacksSpeech: (hypothesis: Hypothesis, samples: Float32Array) => boolean,
): Promise<Hypothesis> {
  if (!lacksSpeech(whole, samples)) return whole;
  const parts: Hypothesis[] = [];
  for (const half of halvePiece(samples)) {
    const hypothesis = await decodeOmitted(half, await decode(half), decode, lacksSpeech);
    // A half in which the decoder finds no end is worse than what is missing.
    if (isEndless(hypothesis)) return whole;
    parts.push(hypothesis);
  }
  const both = joined(parts[0]!, parts[1]!);
  return both.tokens.length > recoveredFactor * whole.tokens.length ? both : whole;
}

function joined(first: Hypothesis, second: Hypothesis): Hypothesis {
  return {
    text: first.text + separatorBetween(first.text, second.text) + second.text,
    tokens: [...first.tokens, ...second.tokens],
    tokenBytes: [...first.tokenBytes, ...second.tokenBytes],
    tokenLogProbs: [...first.tokenLogProbs, ...second.tokenLogProbs],
    stopReason: isEndless(first) ? first.stopReason : second.stopReason,
    ...languagesOf(first.text === '' ? second : first),
  };
}

function languagesOf({ language, detected }: Hypothesis): Pick<Hypothesis, 'language' | 'detected'> {
  return { ...(language !== undefined && { language }), ...(detected !== undefined && { detected }) };
}
