import { positionSamples } from './graphs/graph-interface.js';

/** How much of the silence behind a clip the encoder hears. */
export interface SparseSilence {
  /** Positions behind the clip that are all heard. */
  readonly marginSeconds: number;
  /** Of the silence after them, one of this many positions is heard, and stands for all of them; 1: the whole window. */
  readonly stride: number;
}

/** Inputs of the encoder, see graphs/graph-interface.ts. */
export interface HeardPositions {
  /** Of the audio that the stem gets: the clip and silence. */
  readonly audioSamples: number;
  readonly positions: readonly number[];
  readonly stemPositions: readonly number[];
  readonly bias: Float32Array;
}

const sampleRate = 16_000;
/** A position depends on the samples of five frames: from 520 before its first one on. */
const reachSamples = 520;

/**
 * Chooses the positions that the encoder hears of a window: all of the clip and of a margin, and of the silence behind them
 * one of `stride`, which counts that many times. The silence is nearly the same everywhere, so that a sample of it can stand
 * for all; without it the model does not find the end of a text.
 * @param samples of the clip
 * @param windowPositions of the model: 1,500
 */
export function heardPositions(
  samples: number,
  { marginSeconds, stride }: SparseSilence,
  windowPositions: number,
): HeardPositions {
  const heard = Math.min(
    windowPositions,
    Math.ceil((samples + marginSeconds * sampleRate) / positionSamples),
  );
  const positions = Array.from({ length: heard }, (_, position) => position);
  for (let at = heard + Math.floor(stride / 2); at < windowPositions; at += stride) positions.push(at);
  const bias = new Float32Array(positions.length).fill(Math.log(stride), heard);
  const firstSilent = Math.ceil((samples + reachSamples) / positionSamples);
  // The stem's last two positions border on its end: only the window's own are right there.
  const lastRight = stride === 1 ? windowPositions : Math.max(heard - 1, firstSilent);
  const computed = Math.min(windowPositions, lastRight + 2);
  const stemPositions =
    computed === windowPositions ? positions : positions.map((position) => Math.min(position, lastRight));
  return { audioSamples: computed * positionSamples, positions, stemPositions, bias };
}
