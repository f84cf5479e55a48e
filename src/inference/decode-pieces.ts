import { decodeLimits } from '../speech-model/decode-limits.js';
import type { DecodedTokens, Hypothesis } from '../speech-model/hypothesis.js';
import { isSameInstructions } from '../speech-model/offline-model.js';
import type { DecodePiece } from './inference-messages.js';
import type { LoadedSpeechModel } from './load-model.js';

/**
 * Decodes pieces with one model: together where batches do not change texts, otherwise one after the other.
 * @throws Error if the model gives log-probabilities that are not numbers
 */
export async function decodePieces(
  { model, capabilities }: LoadedSpeechModel,
  pieces: readonly DecodePiece[],
): Promise<readonly Hypothesis[]> {
  const samples = pieces.map((piece) => padTo(piece.samples, capabilities.minSamples));
  const limits = pieces.map(({ speechDetected, isTrial }, at) =>
    decodeLimits(samples[at]!.length, speechDetected, capabilities.decodeRates, isTrial),
  );
  const decoded: DecodedTokens[] = [];
  if (canRunTogether(pieces) && capabilities.maxBatch > 1 && model.transcribeTogether !== undefined) {
    decoded.push(...(await model.transcribeTogether(samples, limits, pieces[0]!)));
  } else {
    for (const [at, piece] of pieces.entries()) {
      decoded.push(await model.transcribe(samples[at]!, limits[at]!, piece));
    }
  }
  // A graph that computes with what is no number gives tokens all the same.
  if (decoded.some(({ tokenLogProbs }) => tokenLogProbs.some(Number.isNaN)))
    throw new Error('The model gave a log-probability that is not a number.');
  return decoded.map((result) => ({
    ...result,
    text: model.textOf(result.tokens),
    tokenBytes: result.tokens.map((token) => model.bytesOf(token)),
  }));
}

/** A prefix or a draft belongs to one piece; a batch has the same instructions for all. */
function canRunTogether(pieces: readonly DecodePiece[]): boolean {
  const [first] = pieces;
  return (
    first !== undefined &&
    pieces.length > 1 &&
    pieces.every(
      (piece) =>
        piece.prefix === undefined &&
        piece.draft === undefined &&
        piece.speechDetected === first.speechDetected &&
        isSameInstructions(piece, first),
    )
  );
}

function padTo(samples: Float32Array, length: number): Float32Array {
  if (samples.length >= length) return samples;
  const padded = new Float32Array(length);
  padded.set(samples);
  return padded;
}
