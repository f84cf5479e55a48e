import { float32Tensor, output } from '../../onnx-graphs/inference-session.js';
import type { Tensor } from '../../onnx-graphs/inference-session.js';
import type { WhisperDimensions } from './source/whisper-tensors.js';

/** Tensors by name. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** The room is a multiple of this many positions: about 5 s of audio. */
const positionStep = 256;

/**
 * Memory for the keys and values of the encoder, which the decoder attends to: 25 KB for each position of whisper-base. Only
 * one text is decoded at a time, so all texts use the same memory.
 */
export class EncoderResults {
  private room = new Float32Array(0);

  constructor(private readonly dimensions: WhisperDimensions) {}

  /**
   * Keys and values as graphs/graph-interface.ts documents them, by output name. The tensors of the previous call become
   * invalid.
   */
  reserve(batch: number, positions: number): Tensors {
    const { decoderLayers: layers, heads, width } = this.dimensions;
    const size = width / heads + 1;
    const length = batch * heads * positions * size;
    if (this.room.length < 2 * layers * length) {
      const steps = Math.ceil((batch * positions) / positionStep);
      this.room = new Float32Array(2 * layers * heads * size * steps * positionStep);
    }
    const tensors: Record<string, Tensor> = {};
    let at = 0;
    for (let layer = 0; layer < layers; layer++) {
      for (const part of ['key', 'value']) {
        const data = this.room.subarray(at, at + length);
        tensors[`cross_${part}_${layer}`] = float32Tensor(data, [batch, heads, positions, size]);
        at += length;
      }
    }
    return tensors;
  }
}

/** The bias of a position that a row of a batch does not have: it has no part in any attention. */
const notHeard = -1e9;

/**
 * Copies the results of one piece into its row of a batch. A shorter piece is padded with positions that are not heard.
 * @param into shape (batch, heads, most positions, size)
 * @param encoded shape (1, heads, positions, size)
 */
export function putRow(into: Tensors, row: number, encoded: Tensors): void {
  for (const [name, tensor] of Object.entries(into)) {
    const [, heads = 1, positions = 0, size = 0] = tensor.dims;
    const data = tensor.data as Float32Array;
    const own = output(encoded, name).data as Float32Array;
    const length = own.length / heads;
    for (let head = 0; head < heads; head++) {
      const start = (row * heads + head) * positions * size;
      const end = start + positions * size;
      data.set(own.subarray(head * length, (head + 1) * length), start);
      data.fill(0, start + length, end);
      if (!name.startsWith('cross_key')) continue;
      for (let at = start + length + size - 1; at < end; at += size) data[at] = notHeard;
    }
  }
}
