import { greatestInBlocks } from '../../../onnx-graphs/arg-max.js';
import { float32, int64 } from '../../../onnx-graphs/graph-builder.js';
import type { GraphBuilder } from '../../../onnx-graphs/graph-builder.js';
import type { KeyAndValue } from './decoder-layers.js';
import { logitBlock } from './moonshine-source.js';
import type { MoonshineSource } from './moonshine-source.js';

/** Ends a text. The ids below it are special too; no text begins with one of them. */
const endOfText = 2;

/** The inputs of the loop, except its limits, in the form that the layers take. */
export interface DecoderInterface {
  readonly ids: string;
  /** int64 [1] */
  readonly pastLength: string;
  /** bool [T, 1]: whether the text may not end after the token; at most one is true, the last token that is given. */
  readonly endForbidden: string;
  readonly past: readonly KeyAndValue[];
  readonly cross: readonly KeyAndValue[];
  /** int64 [B] */
  readonly encoderFrames: string;
}

/**
 * Declares the inputs of graph-interface.ts. B batch, T tokens, P past, S frames, H heads, D head size.
 * @param prefixLength int64 [1]: how many of the ids after the first are given
 */
export function decoderInterface(
  g: GraphBuilder,
  source: MoonshineSource,
  prefixLength: string,
): DecoderInterface {
  const { layers, heads, headSize } = source.dimensions;
  const ids = g.input('ids', 'int64', ['B', 'T']);
  const forbidEnd = g.input('forbid_end', 'bool', []);
  const pastLength = g.input('past_length', 'int64', [1]);
  const encoderFrames = g.input('encoder_frames', 'int64', ['B']);
  const pairs = (name: string, positions: string) =>
    Array.from({ length: layers }, (_, layer) => ({
      key: g.input(`${name}_key_${layer}`, 'float32', ['B', heads, positions, headSize]),
      value: g.input(`${name}_value_${layer}`, 'float32', ['B', heads, positions, headSize]),
    }));
  const past = pairs('past', 'P');
  const cross = pairs('cross', 'S');
  const kept = (value: string) => g.op('Slice', [value, g.integers([0]), pastLength, g.integers([2])]);
  return {
    ids,
    pastLength,
    endForbidden: endForbidden(g, ids, prefixLength, forbidEnd),
    past: past.map(({ key, value }) => ({ key: kept(key), value: kept(value) })),
    cross,
    encoderFrames,
  };
}

/** bool [T, 1] */
function endForbidden(g: GraphBuilder, ids: string, prefixLength: string, forbidEnd: string): string {
  const isFirstChoice = g.op('Equal', [tokenNumbers(g, ids), prefixLength]);
  return g.op('Unsqueeze', [g.op('And', [isFirstChoice, forbidEnd]), g.integers([1])]);
}

/** int64 [T]: 0, 1, 2 … */
export function tokenNumbers(g: GraphBuilder, ids: string): string {
  return g.op('Range', [
    g.constant('zero', int64([0], [])),
    g.op('Squeeze', [dimension(g, ids, 1), g.integers([0])]),
    g.constant('one', int64([1], [])),
  ]);
}

/** int64 [1] */
export function dimension(g: GraphBuilder, value: string, index: number): string {
  return g.op('Shape', [value], { attributes: { start: index, end: index + 1 } });
}

/** [B, 1, T, S]: 0 for the frames of a row, a very low number for the padding after them. */
export function crossBias(
  g: GraphBuilder,
  ids: string,
  { cross, encoderFrames }: Pick<DecoderInterface, 'cross' | 'encoderFrames'>,
): string {
  const frameCount = g.op('Squeeze', [dimension(g, (cross[0] as KeyAndValue).key, 2), g.integers([0])]); // int64 []
  const frames = g.op('Range', [
    g.constant('zero', int64([0], [])),
    frameCount,
    g.constant('one', int64([1], [])),
  ]); // int64 [S]
  const limits = g.op('Unsqueeze', [encoderFrames, g.integers([1, 2, 3])]); // int64 [B, 1, 1, 1]
  const bias = g.op('Where', [
    g.op('Less', [frames, limits]), // [B, 1, 1, S]
    g.constant('attended', float32([0], [])),
    g.constant('not_attended', float32([-1e9], [])),
  ]);
  const ones = g.integers([1]);
  return g.op('Expand', [
    bias,
    g.op('Concat', [ones, ones, dimension(g, ids, 1), ones], { attributes: { axis: 0 } }),
  ]);
}

export interface Choice {
  /** int64 [B, T] */
  readonly tokens: string;
  /** [B, T] */
  readonly logProbs: string;
}

/**
 * The most probable token and its log-probability among all that have a logit, forbidden ones included. In two stages, the
 * best of each block and then within the best block: ArgMax over all tokens is several times slower than ReduceMax.
 */
export function chooseTokens(
  g: GraphBuilder,
  source: MoonshineSource,
  logits: string,
  endForbidden: string,
): Choice {
  const blockSize = logitBlock;
  if (source.spoken.slice(0, endOfText + 1).some((token, at) => token !== at)) {
    throw new RangeError('the special tokens are not the first of those that have a logit');
  }
  const blockCount = source.spoken.length / blockSize;
  const last = { attributes: { axes: [-1], keepdims: 1 } };
  const probabilities = g.op('Softmax', [logits], { attributes: { axis: -1 } }); // [B, T, V]
  const blocks = g.reshape(probabilities, [0, 0, blockCount, blockSize]);
  const greatest = g.reshape(g.op('ReduceMax', [blocks], last), [0, 0, blockCount]);
  // Only the first tokens can be forbidden, and they are at the start of the first block (spokenPieces keeps the order).
  const part = (value: string, from: number, to: number) =>
    g.op('Slice', [value, g.integers([from]), g.integers([to]), g.integers([2])]);
  const withoutEnd = g.op('ReduceMax', [part(probabilities, endOfText + 1, blockSize)], last);
  const first = g.op('Where', [endForbidden, withoutEnd, part(greatest, 0, 1)]); // [B, T, 1]
  const candidates = g.op('Concat', [first, part(greatest, 1, blockCount)], { attributes: { axis: -1 } });
  const { place, value } = greatestInBlocks(g, blocks, candidates, blockSize);
  const flat = g.integers([2]);
  return {
    tokens: g.op('Gather', [spokenTokens(g, source), g.op('Squeeze', [place, flat])]),
    logProbs: g.op('Log', [g.op('Squeeze', [value, flat])]),
  };
}

/** int64 [V]: the token of each logit. */
export function spokenTokens(g: GraphBuilder, source: MoonshineSource): string {
  return g.constant('spoken_tokens', int64(source.spoken));
}

/** Numbers of ONNX's TensorProto.DataType. */
export const float32Type = 1;
export const int32Type = 6;
const boolType = 9;

/** bool []: whether all values are true. */
export function allOf(g: GraphBuilder, values: string): string {
  const numbers = g.op('Cast', [values], { attributes: { to: int32Type } });
  return g.op('Cast', [g.op('ReduceMin', [numbers], { attributes: { keepdims: 0 } })], {
    attributes: { to: boolType },
  });
}

/** bool [1, 1]: the text may end after the token. */
export function endAllowed(g: GraphBuilder): string {
  return g.constant('end_allowed', { type: 'bool', dims: [1, 1], data: Uint8Array.of(0) });
}

/** int64 or bool of the tokens' shape: which of them end their text. */
export function isEndOfText(g: GraphBuilder, tokens: string): string {
  return g.op('Equal', [tokens, g.integers([endOfText])]);
}

/** Declares the keys and values as results, to be handed back as the past. */
export function presentOutputs(
  g: GraphBuilder,
  source: MoonshineSource,
  present: readonly KeyAndValue[],
  positions: string,
): void {
  const { heads, headSize } = source.dimensions;
  for (const [layer, { key, value }] of present.entries()) {
    g.output(`present_key_${layer}`, key, 'float32', ['B', heads, positions, headSize]);
    g.output(`present_value_${layer}`, value, 'float32', ['B', heads, positions, headSize]);
  }
}
