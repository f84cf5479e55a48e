import { roundColumns } from '../../../onnx-graphs/quantized-matrix.js';
import type { WeightMatrix } from '../../../onnx-graphs/quantized-matrix.js';
import type { ConstantTensor } from '../../../onnx-graphs/graph-builder.js';
import type { Linear } from './counted-attention.js';
import type { WhisperSource } from '../source/whisper-source.js';
import { whisperTensors } from '../source/whisper-tensors.js';
import type { WhisperDimensions } from '../source/whisper-tensors.js';

/** The weights of a Whisper in memory, in the form in which the graphs hold them. */
export class WhisperWeights {
  private constructor(
    readonly dimensions: WhisperDimensions,
    private readonly matrices: ReadonlyMap<string, WeightMatrix>,
    private readonly tensors: ReadonlyMap<string, ConstantTensor>,
  ) {}

  /**
   * Reads all weights.
   * @param isRounded matrices have 8 bits with a scale for each column; false: they stay floats. Convolutions, positions and
   * vectors are floats in any case.
   * @throws SpeechError MODEL_INTEGRITY when numbers cannot be read, or are not finite
   */
  static async read(source: WhisperSource, isRounded: boolean): Promise<WhisperWeights> {
    const matrices = new Map<string, WeightMatrix>();
    const tensors = new Map<string, ConstantTensor>();
    for (const [name, shape] of whisperTensors(source.dimensions)) {
      const data = await source.readNumbers(name);
      if (shape.length === 2 && !name.endsWith('.positions')) {
        const [columns = 0, rows = 0] = shape;
        const matrix = { rows, columns, floats: transposed(data, columns, rows) };
        matrices.set(name, isRounded ? roundColumns(matrix) : matrix);
      } else {
        tensors.set(name, { type: 'float32', dims: shape, data });
      }
    }
    return new WhisperWeights(source.dimensions, matrices, tensors);
  }

  /** `encoder.0.self.query.weight` and the like, as (in, out): activations are multiplied by it from the left. */
  matrix(name: string): WeightMatrix {
    const matrix = this.matrices.get(name);
    if (matrix === undefined) throw new RangeError(`Whisper has no matrix ${name}`);
    return matrix;
  }

  /** A vector, a convolution (out, in, 3) or a table of positions. */
  tensor(name: string): ConstantTensor {
    const tensor = this.tensors.get(name);
    if (tensor === undefined) throw new RangeError(`Whisper has no tensor ${name}`);
    return tensor;
  }

  vector(name: string): Float32Array {
    return this.tensor(name).data as Float32Array;
  }

  /** `encoder.0.self.query` and the like. */
  linear(name: string): Linear {
    return { matrix: this.matrix(`${name}.weight`), bias: this.vector(`${name}.bias`) };
  }
}

function transposed(data: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      turned[column * rows + row] = data[row * columns + column] as number;
    }
  }
  return turned;
}
