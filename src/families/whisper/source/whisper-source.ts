import type { StoredWeights } from '../weights/stored-weights.js';
import { whisperTensors } from './whisper-tensors.js';
import type { WhisperDimensions } from './whisper-tensors.js';

/** The place of a weight: a stored tensor, or one of several equal parts of its rows. */
export interface StoredPlace {
  readonly tensor: string;
  readonly part?: { readonly index: number; readonly count: number };
  /** The weight is zero when the tensor is not stored. */
  readonly isOptional?: boolean;
}

/** How one kind of files names the weights. */
export interface StoredNames {
  readonly dimensions: WhisperDimensions;
  /** Returns the place of a weight of `whisperTensors`. */
  locate(name: string): StoredPlace;
}

/** The weights of a Whisper, under the names of `whisperTensors`. */
export class WhisperSource {
  readonly dimensions: WhisperDimensions;
  private readonly shapes: ReadonlyMap<string, readonly number[]>;

  /** @throws SpeechError MODEL_INTEGRITY when a tensor is missing or has another shape than the others ask for */
  constructor(
    private readonly weights: StoredWeights,
    private readonly names: StoredNames,
  ) {
    this.dimensions = names.dimensions;
    const { width, heads } = this.dimensions;
    if (!Number.isSafeInteger(heads) || heads < 1 || width % heads !== 0) {
      throw weights.refuse(`cannot have ${String(heads)} heads, because its width is ${String(width)}`);
    }
    this.shapes = whisperTensors(this.dimensions);
    for (const [name, shape] of this.shapes) this.checkShape(names.locate(name), shape);
  }

  /**
   * Reads a weight. Nothing is kept.
   *
   * @throws SpeechError MODEL_INTEGRITY when its numbers cannot be read, or are not finite
   * @throws RangeError when Whisper has no such weight
   */
  async readNumbers(name: string): Promise<Float32Array<ArrayBuffer>> {
    const shape = this.shapes.get(name);
    if (!shape) throw new RangeError(`Whisper has no weight ${name}.`);
    const { tensor, part } = this.names.locate(name);
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    if (!this.weights.tensors.has(tensor)) return new Float32Array(size);
    const stored = await this.weights.readNumbers(tensor);
    if (!stored.every((number) => Number.isFinite(number))) {
      throw this.weights.refuse('has numbers that are not finite', tensor);
    }
    return part ? stored.slice(part.index * size, (part.index + 1) * size) : stored;
  }

  /** Closes the files. */
  async close(): Promise<void> {
    await this.weights.close();
  }

  private checkShape({ tensor, part, isOptional }: StoredPlace, shape: readonly number[]): void {
    const stored = this.weights.tensors.get(tensor)?.shape;
    if (!stored && isOptional) return;
    if (!stored) throw this.weights.refuse('is missing', tensor);
    const [rows = 1, ...others] = shape;
    const expected = [rows * (part?.count ?? 1), ...others];
    if (stored.join() !== expected.join()) {
      throw this.weights.refuse(`has the shape (${stored.join()}), not (${expected.join()})`, tensor);
    }
  }
}

/** Returns a dimension of a stored tensor. @throws SpeechError MODEL_INTEGRITY when it has none */
export function dimensionOf(weights: StoredWeights, tensor: string, axis: number): number {
  const shape = weights.tensors.get(tensor)?.shape;
  if (!shape) throw weights.refuse('is missing', tensor);
  const size = shape[axis];
  if (size === undefined) throw weights.refuse(`has the shape (${shape.join()})`, tensor);
  return size;
}

/** Counts the layers that have a tensor. A layer that is left out is found later: the last one is missing. */
export function countLayers(weights: StoredWeights, prefix: string, suffix: string): number {
  let count = 0;
  for (const name of weights.tensors.keys()) {
    const number = name.slice(prefix.length, name.length - suffix.length);
    if (name.startsWith(prefix) && name.endsWith(suffix) && /^\d+$/.test(number)) count++;
  }
  if (count === 0) throw weights.refuse('is missing', `${prefix}0${suffix}`);
  return count;
}
