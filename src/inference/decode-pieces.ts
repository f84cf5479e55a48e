import { decodeLimits } from '../speech-model/decode-limits.js';
import type { DecodedTokens, Hypothesis } from '../speech-model/hypothesis.js';
import { isSameInstructions } from '../speech-model/offline-model.js';
import type { DecodePiece } from './inference-messages.js';
import type { LoadedSpeechModel } from './load-model.js';

/** Decodes pieces with one model: together where that changes no text, and otherwise one after the other. */
export async function decodePieces(
  { model, capabilities }: LoadedSpeechModel,
  pieces: readonly DecodePiece[],
): Promise<readonly Hypothesis[]> {
  const samples = pieces.map((piece) => atLeast(piece.samples, capabilities.minSamples));
  const limits = pieces.map(({ speechHeard }, at) =>
    decodeLimits(samples[at]!.length, speechHeard, capabilities.decodeRates),
  );
  const decoded: DecodedTokens[] = [];
  if (canRunTogether(pieces) && capabilities.maxBatch > 1 && model.transcribeTogether !== undefined) {
    decoded.push(...(await model.transcribeTogether(samples, limits, pieces[0]!)));
  } else {
    for (const [at, piece] of pieces.entries()) {
      decoded.push(await model.transcribe(samples[at]!, limits[at]!, piece));
    }
  }
  return decoded.map((result) => ({
    ...result,
    text: model.textOf(result.tokens),
    tokenBytes: result.tokens.map((token) => model.bytesOf(token)),
  }));
}

/** A prefix or a draft belongs to one piece alone; instructions are one for the whole batch. */
function canRunTogether(pieces: readonly DecodePiece[]): boolean {
  const [first] = pieces;
  return (
    first !== undefined &&
    pieces.length > 1 &&
    pieces.every(
      (piece) =>
        piece.prefix === undefined &&
        piece.draft === undefined &&
        piece.speechHeard === first.speechHeard &&
        isSameInstructions(piece, first),
    )
  );
}

function atLeast(samples: Float32Array, length: number): Float32Array {
  if (samples.length >= length) return samples;
  const padded = new Float32Array(length);
  padded.set(samples);
  return padded;
}
