import { int64 } from './graph-builder.js';
import type { GraphBuilder } from './graph-builder.js';

/** Number of ONNX's TensorProto.DataType. */
const int32Type = 6;

export interface Greatest {
  /** int64 [B, T]: where the greatest value is. */
  readonly place: string;
  /** [B, T]: the value. */
  readonly value: string;
}

/**
 * The greatest of the last axis of [B, T, count * size]. In two stages, the best of each block and then within the best block:
 * ArgMax over many values is several times slower than ReduceMax.
 */
export function argMaxInBlocks(g: GraphBuilder, values: string, count: number, size: number): Greatest {
  const last = { attributes: { axes: [-1], keepdims: 1 } };
  const toPlace = { attributes: { axis: -1, keepdims: 1 } };
  const blocks = g.reshape(values, [0, 0, count, size]);
  const greatest = g.reshape(g.op('ReduceMax', [blocks], last), [0, 0, count]);
  const best = g.op('ReduceMax', [greatest], last); // [B, T, 1]
  const block = g.op('ArgMax', [greatest], toPlace); // int64 [B, T, 1]
  const within = g.op('GatherND', [blocks, block], { attributes: { batch_dims: 2 } }); // [B, T, size]
  const isBest = g.op('Cast', [g.op('Equal', [within, best])], { attributes: { to: int32Type } });
  const blockStart = g.op('Mul', [block, g.constant('block_size', int64([size], []))]);
  const place = g.op('Add', [blockStart, g.op('ArgMax', [isBest], toPlace)]);
  const flat = g.integers([2]);
  return { place: g.op('Squeeze', [place, flat]), value: g.op('Squeeze', [best, flat]) };
}
