import type { QuantizedMatrix } from '../../../onnx-graphs/quantized-matrix.js';
import type { SourceGraph } from '../../../onnx-graphs/source-graph.js';
import type { MoonshineDimensions } from './graph-interface.js';
import { spokenPieces } from './spoken-pieces.js';

/** The table has 32,768 rows, but the tokenizer's pieces end here; those above are never text. */
const textTokens = 32_000;

/** 30 s of audio are 1,250 encoder frames. */
const maxPositions = 2_048;

/** Logits in one block of the two-stage argmax (`chooseTokens`). */
export const logitBlock = 128;

const embedding = 'model.decoder.embed_tokens.weight_merged_0';

/** Finds the weights of Moonshine in the two shipped files, whatever its size. */
export class MoonshineSource {
  readonly dimensions: MoonshineDimensions;
  readonly encoderLayers: number;
  /** Shape (rotary / 2): radians per position of each rotated pair. */
  readonly rotationSpeeds: Float32Array;
  /** The tokens that have a logit, in the order of the logits. Shape (V) */
  readonly spoken: readonly number[];
  private readonly encoderMatrices: ReadonlyMap<string, QuantizedMatrix>;
  private readonly decoderMatrices: ReadonlyMap<string, QuantizedMatrix>;

  /** @throws SpeechError MODEL_INTEGRITY when the files are not built like Moonshine's */
  constructor(
    private readonly encoder: SourceGraph,
    private readonly decoder: SourceGraph,
  ) {
    this.encoderMatrices = quantizedMatrices(encoder);
    this.decoderMatrices = quantizedMatrices(decoder);
    const [, heads, , headSize] = decoder.inputDims('past_key_values.0.decoder.key');
    if (heads === undefined || headSize === undefined) throw decoder.unexpected('does not name its heads');
    const rotation = encoder.nodes('MatMul').find((node) => node.output?.[0]?.includes('rotary_emb'));
    this.rotationSpeeds = encoder.floats(rotation?.input?.[0] ?? 'rotary_emb');
    this.encoderLayers = countLayers(this.encoderMatrices);
    this.dimensions = {
      layers: countLayers(this.decoderMatrices),
      heads,
      headSize,
      hidden: heads * headSize,
      vocabulary: textTokens,
      rotary: this.rotationSpeeds.length * 2,
      maxPositions,
    };
    if (this.encoderLayers === 0 || this.dimensions.layers === 0) {
      throw encoder.unexpected('holds no layers that the compiler knows');
    }
    this.spoken = spokenPieces(this.embedding(), logitBlock);
  }

  /** `layers.0/self_attn/q_proj` and the like. */
  encoderMatrix(name: string): QuantizedMatrix {
    const found = this.encoderMatrices.get(name);
    if (found === undefined) throw this.encoder.unexpected(`holds no matrix ${name}`);
    return found;
  }

  /** `layers.0/encoder_attn/k_proj` and the like. */
  decoderMatrix(name: string): QuantizedMatrix {
    const found = this.decoderMatrices.get(`model/decoder/${name}`);
    if (found === undefined) throw this.decoder.unexpected(`holds no matrix ${name}`);
    return found;
  }

  /** `layers.0.input_layernorm.weight` and the like. */
  encoderVector(name: string): Float32Array {
    return this.encoder.floats(name);
  }

  decoderVector(name: string): Float32Array {
    const full = `model.decoder.${name}`;
    return this.decoder.floats(this.decoder.has(full) ? full : `${full}_merged_0`);
  }

  /** Shape (vocabulary, hidden): one row for each text token. The output projection is the transpose of the spoken ones. */
  embedding(): QuantizedMatrix {
    const { hidden, vocabulary } = this.dimensions;
    const { dims, data } = this.decoder.tensor(`${embedding}_quantized`);
    if (!(data instanceof Uint8Array) || dims[1] !== hidden || (dims[0] ?? 0) < vocabulary) {
      throw this.decoder.unexpected('has an embedding of an unknown form');
    }
    return {
      rows: vocabulary,
      columns: hidden,
      values: data.slice(0, vocabulary * hidden),
      ...quantization(this.decoder, embedding),
    };
  }

  /**
   * A convolution as a matrix (width * channels, filters) with the values of the file: int8 values q mean
   * q * scale + offset, which is (q + 128 - zeroPoint) * scale with a whole zero point.
   */
  convolutionMatrix(number: 1 | 2 | 3): {
    readonly width: number;
    readonly channels: number;
    readonly matrix: QuantizedMatrix;
    /** Shape (filters); the first convolution has none. */
    readonly bias?: Float32Array;
  } {
    const name = `conv${number}`;
    const { dims, data } = this.encoder.tensor(`${name}.weight_quantized`);
    const scale = this.encoder.scalar(`${name}.weight_scale`);
    const zeroPoint = 128 - this.encoder.scalar(`${name}.weight_zero_point`) / scale;
    const [filters, channels, width] = dims;
    if (!(data instanceof Int8Array) || !filters || !channels || !width) {
      throw this.encoder.unexpected(`has in ${name} something else than a convolution`);
    }
    if (Math.abs(zeroPoint - Math.round(zeroPoint)) > 1e-2) {
      throw this.encoder.unexpected(`has in ${name} an offset between two steps of its scale`);
    }
    const values = new Uint8Array(data.length);
    for (let filter = 0; filter < filters; filter++) {
      for (let channel = 0; channel < channels; channel++) {
        for (let tap = 0; tap < width; tap++) {
          const at = (filter * channels + channel) * width + tap;
          values[(tap * channels + channel) * filters + filter] = (data[at] as number) + 128;
        }
      }
    }
    const matrix = {
      rows: width * channels,
      columns: filters,
      values,
      scale,
      zeroPoint: Math.round(zeroPoint),
    };
    const bias = `${name}.bias`;
    return { width, channels, matrix, ...(this.encoder.has(bias) && { bias: this.encoder.floats(bias) }) };
  }

  /** Scale and offset of each channel after the normalization of the first convolution. Shape (hidden). */
  channelNorm(): { readonly scale: Float32Array; readonly offset: Float32Array } {
    const constantOf = (output: string) =>
      this.encoder.floats(
        this.encoder.nodeOf(output).input?.find((name) => this.encoder.has(name)) ?? output,
      );
    return { scale: constantOf('/groupnorm/Mul_output_0'), offset: constantOf('/groupnorm/Add_output_0') };
  }
}

function countLayers(matrices: ReadonlyMap<string, QuantizedMatrix>): number {
  return [...matrices.keys()].filter((name) => name.endsWith('/self_attn/q_proj')).length;
}

/** The products of a quantized model by the path of the layer: `/layers.0/mlp/fc1/MatMul_output_0_output_quantized`. */
function quantizedMatrices(graph: SourceGraph): Map<string, QuantizedMatrix> {
  const found = new Map<string, QuantizedMatrix>();
  for (const node of graph.nodes('MatMulInteger')) {
    const weights = node.input?.[1] ?? '';
    const stem = weights.replace(/_quantized$/, '');
    const name = (node.output?.[0] ?? '').replace(/^\//, '').replace(/\/MatMul_output_0.*$/, '');
    const { dims, data } = graph.tensor(weights);
    if (!(data instanceof Uint8Array)) throw graph.unexpected(`has in ${weights} something else than uint8`);
    const [rows, columns] = dims as [number, number];
    found.set(name, { rows, columns, values: data, ...quantization(graph, stem) });
  }
  return found;
}

function quantization(graph: SourceGraph, stem: string): { scale: number; zeroPoint: number } {
  return {
    scale: graph.scalar(`${stem}_scale`),
    zeroPoint: Number(graph.tensor(`${stem}_zero_point`).data[0]),
  };
}
