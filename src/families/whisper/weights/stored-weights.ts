import type { NumberType } from './number-types.js';

/** Type of the numbers of a tensor in a file. Tensors of an `other` type are listed, but their numbers cannot be read. */
export type StoredType = NumberType | 'int8' | 'int16' | 'int32' | 'other';

/** Name, shape and type of a tensor. A scalar has the shape []. */
export interface StoredTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: StoredType;
}

/** Weights of a model on disk, whatever the form of their files. */
export interface StoredWeights {
  /** The tensors by name. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;

  /**
   * Reads all numbers of a tensor in the order of its shape, the last dimension fastest. Quantized numbers are multiplied
   * out. Nothing is kept: a second call reads again.
   *
   * @throws SpeechError MODEL_INTEGRITY when there is no such tensor, or its numbers cannot be read
   */
  readNumbers(name: string): Promise<Float32Array<ArrayBuffer>>;

  /** Returns an error about the weights, which names the file, and the tensor if there is one. */
  refuse(fault: string, tensor?: string): Error;

  /** Closes the files. */
  close(): Promise<void>;
}
