import type { MoonshineDimensions } from './graphs/graph-interface.js';
import { float32Tensor, output } from '../../onnx-graphs/inference-session.js';
import type { Tensor } from '../../onnx-graphs/inference-session.js';

/** The room is a multiple of this many frames: about 6 s of audio. */
const frameStep = 256;

/**
 * Memory for the keys and values of the encoder, which the decoder attends to: 0.6 MB for each second of audio with the
 * smallest model. Only one text is decoded at a time, so all texts use the same memory. New results for each text would be
 * copied, and would stay in memory until the garbage collector runs.
 */
export class EncoderResults {
  private room = new Float32Array(0);

  constructor(private readonly dimensions: MoonshineDimensions) {}

  /** Tensors of shape (1, heads, frames, head size) by output name. The tensors of the previous call become invalid. */
  of(frames: number): Readonly<Record<string, Tensor>> {
    const { layers, heads, headSize, hidden } = this.dimensions;
    const length = frames * hidden;
    if (this.room.length < 2 * layers * length) {
      this.room = new Float32Array(2 * layers * hidden * Math.ceil(frames / frameStep) * frameStep);
    }
    const tensors: Record<string, Tensor> = {};
    let at = 0;
    for (let layer = 0; layer < layers; layer++) {
      for (const part of ['key', 'value']) {
        const data = this.room.subarray(at, at + length);
        tensors[`cross_${part}_${layer}`] = float32Tensor(data, [1, heads, frames, headSize]);
        at += length;
      }
    }
    return tensors;
  }
}

/** The same for several texts that are decoded together, padded to the longest of them. */
export class StackedEncoderResults {
  private room = new Float32Array(0);

  constructor(private readonly dimensions: MoonshineDimensions) {}

  /** @param frames of each piece. The tensors of the previous call become invalid. */
  of(frames: readonly number[]): StackedResults {
    const { layers, heads, headSize, hidden } = this.dimensions;
    const longest = Math.max(...frames);
    const length = frames.length * longest * hidden;
    if (this.room.length < 2 * layers * length) this.room = new Float32Array(2 * layers * length);
    const tensors: Record<string, Tensor> = {};
    for (let layer = 0; layer < layers; layer++) {
      for (const [at, part] of ['key', 'value'].entries()) {
        const from = (2 * layer + at) * length;
        const data = this.room.subarray(from, from + length);
        tensors[`cross_${part}_${layer}`] = float32Tensor(data, [frames.length, heads, longest, headSize]);
      }
    }
    return new StackedResults(tensors, heads, longest * headSize);
  }
}

/** Tensors of shape (batch, heads, most frames, head size) by output name, filled row by row. */
export class StackedResults {
  constructor(
    readonly tensors: Readonly<Record<string, Tensor>>,
    private readonly heads: number,
    /** Values of one head of one row. */
    private readonly headLength: number,
  ) {}

  /** @param encoded of one piece, shape (1, heads, frames, head size); zeros follow a shorter piece */
  put(row: number, encoded: Readonly<Record<string, Tensor>>): void {
    const { heads, headLength } = this;
    for (const [name, tensor] of Object.entries(this.tensors)) {
      const data = tensor.data as Float32Array;
      const own = output(encoded, name).data as Float32Array;
      const length = own.length / heads;
      for (let head = 0; head < heads; head++) {
        const at = (row * heads + head) * headLength;
        data.set(own.subarray(head * length, (head + 1) * length), at);
        data.fill(0, at + length, at + headLength);
      }
    }
  }
}
