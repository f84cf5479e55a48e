import { readCTranslate2Variables } from './ctranslate2-variables.js';
import type { Variable } from './ctranslate2-variables.js';
import { numberBytes, readNumbers } from './number-types.js';
import type { NumberType } from './number-types.js';
import type { StoredTensor, StoredWeights } from './stored-weights.js';
import { quoteName, TensorFile } from './tensor-file.js';

/** Weights in a `model.bin` of CTranslate2 (faster-whisper), in float32, float16, bfloat16 or int8. */
export class CTranslate2Weights implements StoredWeights {
  private constructor(
    private readonly file: TensorFile,
    private readonly variables: ReadonlyMap<string, Variable>,
  ) {}

  /** @throws SpeechError MODEL_INTEGRITY when the file is damaged, cut short or of another kind */
  static async open(path: string): Promise<CTranslate2Weights> {
    const file = await TensorFile.open(path);
    try {
      return new CTranslate2Weights(file, await readCTranslate2Variables(file));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  get tensors(): ReadonlyMap<string, StoredTensor> {
    return this.variables;
  }

  async readNumbers(name: string): Promise<Float32Array<ArrayBuffer>> {
    const variable = this.variables.get(name);
    if (!variable) throw this.refuse('is missing', name);
    const bytes = await this.file.readBytes(variable.position, variable.lengthBytes, 'its numbers', name);
    if (variable.type in numberBytes) return readNumbers(bytes, variable.type as NumberType);
    if (variable.shape.length === 0) return Float32Array.of(bytes.readIntLE(0, bytes.length));
    if (variable.type !== 'int8') throw this.refuse(`has numbers of the type ${variable.type}`, name);
    return this.dequantize(variable, new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length));
  }

  refuse(fault: string, tensor?: string): Error {
    return this.file.refuse(fault, tensor);
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  /** Divides each row by its scale, which is 127 / the largest number of the row. */
  private async dequantize({ name, shape }: Variable, values: Int8Array): Promise<Float32Array<ArrayBuffer>> {
    const scale = this.variables.get(`${name}_scale`);
    const rows = shape[0] ?? 1;
    if (!scale) throw this.refuse(`is of int8 and has no scale (${quoteName(`${name}_scale`)})`, name);
    if (!(scale.type in numberBytes) || scale.shape.length !== 1 || scale.shape[0] !== rows) {
      throw this.refuse(`is not one float for each row of ${quoteName(name)}`, scale.name);
    }
    const scales = await this.readNumbers(scale.name);
    const numbers = new Float32Array(values);
    const columns = numbers.length / rows;
    scales.forEach((divisor, row) => {
      if (!(divisor > 0 && divisor < Infinity)) {
        throw this.refuse(`has the scale ${String(divisor)} in row ${String(row)}`, scale.name);
      }
      for (let at = row * columns; at < (row + 1) * columns; at++)
        numbers[at] = (numbers[at] as number) / divisor;
    });
    return numbers;
  }
}
