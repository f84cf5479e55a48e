import { float32, microsoft } from './graph-builder.js';
import type { GraphBuilder } from './graph-builder.js';
import type { ConstantTensor } from './graph-builder.js';
import { floatWeights, sevenBitWeights, signedWeights } from './matmul-weights.js';
import type { SignedWeights } from './matmul-weights.js';
import type { WeightMatrix } from './quantized-matrix.js';

/**
 * How a product of activations and weights is computed. Weights of 8 bits stay those of the file, shifted from uint8 to
 * int8 (same values): onnxruntime's kernels for unsigned activations with signed weights are the fastest ones. Weights that
 * are floats in the file are rounded to 8 bits with a scale for each column.
 *
 * - `dq`: one scale for all activations of a call, measured at run time. Fast; in a batch, or over several tokens, a
 *   neighbour's values change the rounding of one's own.
 * - `rq`: one scale for each row of activations: rows are independent of one another, so batches are safe.
 * - `dq7`: as `dq`, with the weights rounded anew to 7 bits with a scale for each column: the sums cannot saturate on
 *   processors without VNNI.
 * - `f32`: the weights as floats.
 *
 * Processors without VNNI add pairs of products in 16 bits, which saturates with signed 8-bit weights: a session is to
 * be created with `session.x64quantprecision` = `1`, which makes onnxruntime shift them back to unsigned there.
 */
export type MatmulVariant = 'dq' | 'rq' | 'dq7' | 'f32';

export interface Product {
  /** Names the stored tensors of this product within the graph. */
  readonly name: string;
  /** All multiply the same input [.., K]; their columns are put side by side, N in all. */
  readonly matrices: readonly WeightMatrix[];
  /** Shape (N). */
  readonly bias?: Float32Array;
  /** The input is [1, rows, K]: no batch. */
  readonly oneSequence?: boolean;
}

/** Adds `input` [.., K] times the weights [K, N], and gives the name of the result [.., N]. */
export function matmul(g: GraphBuilder, variant: MatmulVariant, input: string, product: Product): string {
  switch (variant) {
    case 'dq':
      return dynamicallyQuantized(g, input, product, signedWeights(product.matrices));
    case 'dq7':
      return dynamicallyQuantized(g, input, product, sevenBitWeights(product.matrices));
    case 'rq':
      return rowwiseQuantized(g, input, product, signedWeights(product.matrices));
    case 'f32':
      return inFloats(g, input, product);
  }
}

function dynamicallyQuantized(
  g: GraphBuilder,
  input: string,
  { name, bias }: Product,
  weights: SignedWeights,
): string {
  const inputs = [input, ...weightInputs(g, name, weights)];
  if (bias !== undefined) inputs.push(g.constant(`${name}.bias`, vector(bias)));
  return g.op('DynamicQuantizeMatMul', inputs, { domain: microsoft });
}

function rowwiseQuantized(g: GraphBuilder, input: string, product: Product, weights: SignedWeights): string {
  const { name, bias, oneSequence } = product;
  const rows = oneSequence ? sequenceInBytes(g, input) : rowsInBytes(g, input);
  const scaled = productOfBytes(g, rows, name, weights);
  return bias === undefined ? scaled : g.op('Add', [scaled, g.constant(`${name}.bias`, vector(bias))]);
}

/**
 * Activations of 8 bits, or of 16: ((coarse - 128) / 127 + (fine - 128) / 127 / 254) * range. Each row is divided by its
 * greatest magnitude, so that one scale and one zero point fit all rows.
 */
export interface ByteActivations {
  /** uint8 [.., K] */
  readonly coarse: string;
  /** uint8 [.., K]: what the coarse part leaves of each value. */
  readonly fine?: string;
  /** [.., 1]: the greatest magnitude of each row. */
  readonly range: string;
}

function rowsInBytes(g: GraphBuilder, input: string): ByteActivations {
  const range = rowRange(g, input);
  const { step, middle } = byteScale(g);
  return { coarse: g.op('QuantizeLinear', [g.op('Div', [input, range]), step, middle]), range };
}

/** For [1, rows, K]: QuantizeLinear itself takes a scale for each row, which saves one pass over the activations. */
export function sequenceInBytes(g: GraphBuilder, input: string): ByteActivations {
  const range = rowRange(g, input);
  const scales = g.op('Mul', [g.reshape(range, [-1]), byteScale(g).step]);
  const middles = g.op('Expand', [
    g.constant('row_middles', { type: 'uint8', dims: [1], data: Uint8Array.of(128) }),
    g.op('Shape', [scales]),
  ]);
  return { coarse: g.op('QuantizeLinear', [input, scales, middles], { attributes: { axis: 1 } }), range };
}

export function inTwoBytes(g: GraphBuilder, input: string): ByteActivations {
  const range = rowRange(g, input);
  const whole = g.op('Div', [input, range]); // -1 to 1
  const { step, middle } = byteScale(g);
  const coarse = g.op('QuantizeLinear', [whole, step, middle]);
  const rest = g.op('Sub', [whole, g.op('DequantizeLinear', [coarse, step, middle])]); // up to half a step
  return { coarse, fine: g.op('QuantizeLinear', [rest, fineStep(g), middle]), range };
}

/** Two products of bytes that together are nearly as exact as one of floats. */
export function matmulOfBytes(
  g: GraphBuilder,
  activations: ByteActivations,
  { name, matrices }: Omit<Product, 'bias'>,
): string {
  return productOfBytes(g, activations, name, signedWeights(matrices));
}

/**
 * The product's rows are multiplied by the ranges that they were divided by. The second product has its own copy of the same
 * weights: see quantized-products.ts. One product of both parts, stacked, takes the same time without a second copy (half a
 * megabyte in the tiny model, one in the base model), but is rounded otherwise.
 */
function productOfBytes(
  g: GraphBuilder,
  { coarse, fine, range }: ByteActivations,
  name: string,
  weights: SignedWeights,
): string {
  const { step, middle } = byteScale(g);
  const product = (bytes: string, stepOfByte: string, nameOfPart: string) => {
    const [values, scale, zeroPoint] = weightInputs(g, nameOfPart, weights);
    return g.op('MatMulIntegerToFloat', [bytes, values, stepOfByte, scale, middle, zeroPoint], {
      domain: microsoft,
    });
  };
  const whole = product(coarse, step, name);
  if (fine === undefined) return g.op('Mul', [whole, range]);
  return g.op('Mul', [g.op('Add', [whole, product(fine, fineStep(g), `${name}.fine`)]), range]);
}

function byteScale(g: GraphBuilder): { step: string; middle: string } {
  return {
    step: g.constant('row_step', float32([1 / 127], [])),
    middle: g.constant('row_middle', { type: 'uint8', dims: [], data: Uint8Array.of(128) }),
  };
}

function fineStep(g: GraphBuilder): string {
  return g.constant('fine_step', float32([1 / 127 / 254], []));
}

/**
 * The greatest magnitude of each row. [.., K] to [.., 1]. A row of zeros needs no special case: its quantized values, of
 * 0 / 0, are multiplied by this zero in the end.
 */
function rowRange(g: GraphBuilder, input: string): string {
  return g.op('ReduceMax', [g.op('Abs', [input])], { attributes: { axes: [-1], keepdims: 1 } });
}

function inFloats(g: GraphBuilder, input: string, { name, matrices, bias }: Product): string {
  const product = g.op('MatMul', [input, g.constant(`${name}.weights`, floatWeights(matrices))]);
  return bias === undefined ? product : g.op('Add', [product, g.constant(`${name}.bias`, vector(bias))]);
}

function weightInputs(g: GraphBuilder, name: string, weights: SignedWeights): [string, string, string] {
  return [
    g.constant(`${name}.weights`, weights.values),
    g.constant(`${name}.scale`, weights.scale),
    g.constant(`${name}.zero_point`, weights.zeroPoint),
  ];
}

function vector(data: Float32Array): ConstantTensor {
  return { type: 'float32', dims: [data.length], data };
}
