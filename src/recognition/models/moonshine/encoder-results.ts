import type { SpeechModelDimensions } from '../../../model-compiler/moonshine/moonshine-source.js';
import { float32Tensor } from '../../runtime/inference-session.js';
import type { Tensor } from '../../runtime/inference-session.js';

/** Frames for which room is made at least, and by which the room grows: about 6 s of audio. */
const frameStep = 256;

/**
 * Where the encoder writes the keys and values that the decoder attends to: 0.6 MB for each second of audio with the
 * smallest model. They are one text's at a time, so the same memory serves all; as new results they would be copied, and
 * lie about until the garbage collector minds.
 */
export class EncoderResults {
  private room = new Float32Array(0);

  constructor(private readonly dimensions: SpeechModelDimensions) {}

  /** Tensors of shape (1, heads, frames, head size) by output name. Those of the call before are no longer valid. */
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
