import { int64 } from './graph-builder.js';
import type { GraphBuilder } from './graph-builder.js';

/** Number of ONNX's TensorProto.DataType. */
const int32Type = 6;

export interface Greatest {
  /** int64: where the greatest value is. */
  readonly place: string;
  /** The value. */
  readonly value: string;
}

/**
 * The greatest of the last axis of [B, T, count * size], both of shape [B, T]. In two stages, the best of each block and then
 * within the best block: ArgMax over many values is several times slower than ReduceMax.
 */
export function argMaxInBlocks(g: GraphBuilder, values: string, count: number, size: number): Greatest {
  const blocks = g.reshape(values, [0, 0, count, size]);
  const greatest = g.reshape(g.op('ReduceMax', [blocks], last), [0, 0, count]);
  const { place, value } = greatestInBlocks(g, blocks, greatest, size);
  const flat = g.integers([2]);
  return { place: g.op('Squeeze', [place, flat]), value: g.op('Squeeze', [value, flat]) };
}

/**
 * The second stage: the greatest of blocks, both of shape [B, T, 1].
 * @param blocks [B, T, count, size]
 * @param greatest [B, T, count]: the greatest value of each block that may be taken
 */
export function greatestInBlocks(g: GraphBuilder, blocks: string, greatest: string, size: number): Greatest {
  const value = g.op('ReduceMax', [greatest], last);
  const block = g.op('ArgMax', [greatest], toPlace);
  const within = g.op('GatherND', [blocks, block], { attributes: { batch_dims: 2 } }); // [B, T, size]
  const isBest = g.op('Cast', [g.op('Equal', [within, value])], { attributes: { to: int32Type } });
  const placeWithin = g.op('ArgMax', [isBest], toPlace);
  const blockStart = g.op('Mul', [block, g.constant('block_size', int64([size], []))]);
  return { place: g.op('Add', [blockStart, placeWithin]), value };
}

const last = { attributes: { axes: [-1], keepdims: 1 } };
const toPlace = { attributes: { axis: -1, keepdims: 1 } };
