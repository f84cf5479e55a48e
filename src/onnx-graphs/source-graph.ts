import onnxProto from 'onnx-proto';
import type { onnx } from 'onnx-proto';
import { SpeechError } from '../common/errors/speech-error.js';

const { ModelProto, TensorProto } = onnxProto.onnx;

/** The values of a stored tensor, as in the file. */
export interface SourceTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array | Int8Array | Uint8Array | BigInt64Array;
}

/** One shipped ONNX file: its nodes and stored tensors, those inside the branches of an `If` included. */
export class SourceGraph {
  /** Keyed by the name of the node's first output. */
  private readonly nodesByOutput = new Map<string, onnx.INodeProto>();
  private readonly tensors = new Map<string, onnx.ITensorProto>();
  private readonly inputs = new Map<string, onnx.IValueInfoProto>();

  /** @throws SpeechError MODEL_INTEGRITY when the bytes are not an ONNX model */
  constructor(
    bytes: Uint8Array,
    private readonly fileName: string,
  ) {
    let graph: onnx.IGraphProto | null | undefined;
    try {
      graph = ModelProto.decode(bytes).graph;
    } catch (cause) {
      throw new SpeechError('MODEL_INTEGRITY', `${fileName} is not an ONNX model`, { cause });
    }
    if (!graph) throw new SpeechError('MODEL_INTEGRITY', `${fileName} holds no graph`);
    for (const input of graph.input ?? []) this.inputs.set(input.name ?? '', input);
    this.collect(graph);
  }

  private collect(graph: onnx.IGraphProto): void {
    for (const tensor of graph.initializer ?? []) this.tensors.set(tensor.name ?? '', tensor);
    for (const node of graph.node ?? []) {
      const output = node.output?.[0] ?? '';
      this.nodesByOutput.set(output, node);
      for (const attribute of node.attribute ?? []) {
        if (attribute.g) this.collect(attribute.g);
        if (node.opType === 'Constant' && attribute.t) this.tensors.set(output, attribute.t);
      }
    }
  }

  nodes(opType: string): onnx.INodeProto[] {
    return [...this.nodesByOutput.values()].filter((node) => node.opType === opType);
  }

  /** The node that computes a value. @throws SpeechError MODEL_INTEGRITY when there is none */
  nodeOf(output: string): onnx.INodeProto {
    const node = this.nodesByOutput.get(output);
    if (node === undefined) throw this.unexpected(`makes no value ${output}`);
    return node;
  }

  /** Dimensions of an input of the model; undefined where one is known at run time only. */
  inputDims(name: string): (number | undefined)[] {
    const dims = this.inputs.get(name)?.type?.tensorType?.shape?.dim;
    if (!dims) throw this.unexpected(`has no input ${name}`);
    return dims.map(({ dimValue }) => (dimValue ? Number(dimValue) : undefined));
  }

  tensorNames(): string[] {
    return [...this.tensors.keys()];
  }

  has(tensorName: string): boolean {
    return this.tensors.has(tensorName);
  }

  /** @throws SpeechError MODEL_INTEGRITY when there is no such tensor */
  tensor(name: string): SourceTensor {
    const proto = this.tensors.get(name);
    if (proto === undefined) throw this.unexpected(`holds no tensor ${name}`);
    return { dims: (proto.dims ?? []).map(Number), data: this.values(proto) };
  }

  /** @throws SpeechError MODEL_INTEGRITY when it is not a float tensor */
  floats(name: string): Float32Array {
    const { data } = this.tensor(name);
    if (!(data instanceof Float32Array)) throw this.unexpected(`has in ${name} something else than floats`);
    return data;
  }

  /** The one value of a float tensor. */
  scalar(name: string): number {
    const values = this.floats(name);
    if (values.length !== 1) throw this.unexpected(`has ${values.length} values in ${name} instead of one`);
    return values[0] as number;
  }

  /** The error for a file that is not built like the models that the compiler knows. */
  unexpected(what: string): SpeechError {
    return new SpeechError('MODEL_INTEGRITY', `${this.fileName} ${what}`);
  }

  private values(proto: onnx.ITensorProto): SourceTensor['data'] {
    const types = TensorProto.DataType;
    // Copied, because a view into the file need not be aligned.
    const raw = Uint8Array.from(proto.rawData ?? []);
    if (proto.dataType === types.FLOAT) {
      return raw.length > 0 ? new Float32Array(raw.buffer) : Float32Array.from(proto.floatData ?? []);
    }
    if (proto.dataType === types.INT64) {
      if (raw.length > 0) return new BigInt64Array(raw.buffer);
      return BigInt64Array.from(proto.int64Data ?? [], (value) => BigInt(String(value)));
    }
    if (proto.dataType === types.INT8) {
      return raw.length > 0 ? new Int8Array(raw.buffer) : Int8Array.from(proto.int32Data ?? []);
    }
    if (proto.dataType === types.UINT8) {
      return raw.length > 0 ? raw : Uint8Array.from(proto.int32Data ?? []);
    }
    throw this.unexpected(`has in ${proto.name ?? ''} values of an unknown type`);
  }
}
