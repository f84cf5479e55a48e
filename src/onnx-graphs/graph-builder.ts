import onnxProto from 'onnx-proto';
import type { onnx } from 'onnx-proto';
import { refuseSharedWeights } from './quantized-products.js';

const { AttributeProto, ModelProto, TensorProto } = onnxProto.onnx;

/** The operators of onnxruntime that are not of the ONNX standard. */
export const microsoft = 'com.microsoft';

export type ElementType = 'float32' | 'int64' | 'int32' | 'int8' | 'uint8' | 'bool';
/** A number is a fixed dimension, a text names one that is known at run time only. */
export type Dimensions = readonly (number | string)[];

export interface ConstantTensor {
  readonly type: ElementType;
  readonly dims: readonly number[];
  /** Row-major; booleans as 0 and 1. */
  readonly data: Float32Array | BigInt64Array | Int32Array | Int8Array | Uint8Array;
}

/** An attribute of the ONNX type FLOAT: a bare number is taken as INT. */
export class Float {
  constructor(readonly value: number) {}
}

/** An attribute of the ONNX type STRING. */
export class Text {
  constructor(readonly value: string) {}
}

export type Attribute = Text | number | readonly number[] | Float | ConstantTensor | onnx.IGraphProto;

export interface NodeOptions {
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

const elementTypes: Readonly<Record<ElementType, onnx.TensorProto.DataType>> = {
  float32: TensorProto.DataType.FLOAT,
  int64: TensorProto.DataType.INT64,
  int32: TensorProto.DataType.INT32,
  int8: TensorProto.DataType.INT8,
  uint8: TensorProto.DataType.UINT8,
  bool: TensorProto.DataType.BOOL,
};

export const float32 = (values: readonly number[], dims: readonly number[] = [values.length]) =>
  ({ type: 'float32', dims, data: Float32Array.from(values) }) satisfies ConstantTensor;
export const int64 = (values: readonly number[], dims: readonly number[] = [values.length]) =>
  ({ type: 'int64', dims, data: BigInt64Array.from(values, BigInt) }) satisfies ConstantTensor;
export const bool = (value: boolean) =>
  ({ type: 'bool', dims: [], data: Uint8Array.of(Number(value)) }) satisfies ConstantTensor;

/**
 * Writes one ONNX graph, node by node. Values are their names: an operator takes names and gives names. A graph that
 * is the body of a Loop may use the names of the graph around it; `prefix` keeps the two apart.
 */
export class GraphBuilder {
  private readonly nodes: onnx.INodeProto[] = [];
  private readonly constants = new Map<string, onnx.ITensorProto>();
  private readonly inputs: onnx.IValueInfoProto[] = [];
  private readonly outputs: onnx.IValueInfoProto[] = [];
  private readonly publicNames = new Map<string, string>();
  private count = 0;

  constructor(readonly prefix = '') {}

  input(name: string, type: ElementType, dims: Dimensions): string {
    this.inputs.push(valueInfo(name, type, dims));
    return name;
  }

  /** Makes a value a result of the graph under the name `name`. */
  output(name: string, value: string, type: ElementType, dims: Dimensions): void {
    const isOwn = this.nodes.some((node) => node.output?.includes(value));
    const source = isOwn && !this.publicNames.has(value) ? value : this.op('Identity', [value]);
    this.publicNames.set(source, name);
    this.outputs.push(valueInfo(name, type, dims));
  }

  /** A tensor stored in the graph; the same name gives the same tensor. */
  constant(name: string, tensor: ConstantTensor): string {
    const full = this.prefix + name;
    if (!this.constants.has(full)) this.constants.set(full, tensorProto(full, tensor));
    return full;
  }

  /** An operator with one result. An empty text stands for an input that is left out. */
  op(type: string, inputs: readonly string[], options: NodeOptions = {}): string {
    return this.ops(type, inputs, 1, options)[0] as string;
  }

  /** An operator with `results` results. */
  ops(type: string, inputs: readonly string[], results: number, options: NodeOptions = {}): string[] {
    const name = `${this.prefix}${type}_${this.count++}`;
    const output = Array.from({ length: results }, (_, index) => `${name}:${index}`);
    this.nodes.push({
      name,
      opType: type,
      domain: options.domain ?? '',
      input: [...inputs],
      output,
      attribute: Object.entries(options.attributes ?? {}).map(([key, value]) => attributeProto(key, value)),
    });
    return output;
  }

  /** Adds a node with a given number of sizes along the last axis; their sum is the axis. */
  split(value: string, sizes: readonly number[], axis = -1): string[] {
    const lengths = this.constant(`split_${sizes.join('_')}`, int64(sizes));
    return this.ops('Split', [value, lengths], sizes.length, { attributes: { axis } });
  }

  reshape(value: string, dims: readonly number[]): string {
    return this.op('Reshape', [value, this.integers(dims)]);
  }

  /** A constant one-dimensional int64 tensor, as the shape operators want it. */
  integers(values: readonly number[]): string {
    return this.constant(`integers_${values.join('_')}`, int64(values));
  }

  get nodeCount(): number {
    return this.nodes.length;
  }

  graph(name: string): onnx.IGraphProto {
    const named = (value: string) => this.publicNames.get(value) ?? value;
    return {
      name,
      node: this.nodes.map((node) => ({
        ...node,
        input: node.input?.map(named) ?? [],
        output: node.output?.map(named) ?? [],
      })),
      input: this.inputs,
      output: this.outputs,
      initializer: [...this.constants.values()],
    };
  }

  /**
   * The file's bytes: ONNX operators of version 17, onnxruntime's of version 1.
   * @throws RangeError when two quantized products share a stored tensor
   */
  model(name: string): Uint8Array {
    const graph = this.graph(name);
    refuseSharedWeights(graph);
    return ModelProto.encode({
      irVersion: 8,
      producerName: 'hearken',
      opsetImport: [
        { domain: '', version: 17 },
        { domain: microsoft, version: 1 },
      ],
      graph,
    }).finish();
  }
}

function valueInfo(name: string, type: ElementType, dims: Dimensions): onnx.IValueInfoProto {
  const dim = dims.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: elementTypes[type], shape: { dim } } } };
}

function tensorProto(name: string, tensor: ConstantTensor): onnx.ITensorProto {
  const { buffer, byteOffset, byteLength } = tensor.data;
  return {
    name,
    dataType: elementTypes[tensor.type],
    dims: [...tensor.dims],
    rawData: new Uint8Array(buffer, byteOffset, byteLength),
  };
}

function attributeProto(name: string, value: Attribute): onnx.IAttributeProto {
  const types = AttributeProto.AttributeType;
  if (typeof value === 'number') return { name, type: types.INT, i: value };
  if (value instanceof Float) return { name, type: types.FLOAT, f: value.value };
  if (value instanceof Text) return { name, type: types.STRING, s: Buffer.from(value.value) };
  if (isNumbers(value)) return { name, type: types.INTS, ints: [...value] };
  if ('data' in value) return { name, type: types.TENSOR, t: tensorProto('', value) };
  return { name, type: types.GRAPH, g: value };
}

function isNumbers(value: Attribute): value is readonly number[] {
  return Array.isArray(value);
}
