import { Float, microsoft } from '../../../onnx-graphs/graph-builder.js';
import type { GraphBuilder } from '../../../onnx-graphs/graph-builder.js';
import type { MoonshineSource } from './moonshine-source.js';

/** The parts that the encoder and the decoder have in common. B batch, T positions, C hidden, H heads, D head size. */
export class TransformerParts {
  /** Tables of the rotation's cosines and sines. Shape (maxPositions, rotary / 2). */
  private readonly cosines: string;
  private readonly sines: string;

  constructor(
    private readonly g: GraphBuilder,
    private readonly source: MoonshineSource,
  ) {
    const table = (wave: (angle: number) => number) => rotationTable(source, wave);
    this.cosines = g.constant('rotation_cosines', table(Math.cos));
    this.sines = g.constant('rotation_sines', table(Math.sin));
  }

  /** [B, T, C] to [B, T, C]; the model's normalization has no offset. */
  layerNorm(input: string, name: string, scale: Float32Array): string {
    const weight = this.g.constant(name, { type: 'float32', dims: [scale.length], data: scale });
    return this.g.op('LayerNormalization', [input, weight], {
      attributes: { axis: -1, epsilon: new Float(1e-5) },
    });
  }

  /** Turns the first part of each head by its position. [B, T, C] to [B, T, C]; `firstPosition` is int64 [1]. */
  rotate(input: string, firstPosition: string): string {
    const { heads, rotary } = this.source.dimensions;
    return this.g.op('RotaryEmbedding', [input, firstPosition, this.cosines, this.sines], {
      domain: microsoft,
      // The model rotates neighbours: (0, 1), (2, 3) and so on.
      attributes: { interleaved: 1, num_heads: heads, rotary_embedding_dim: rotary },
    });
  }
}

/** Shape (maxPositions, rotary / 2). */
function rotationTable({ rotationSpeeds, dimensions }: MoonshineSource, wave: (angle: number) => number) {
  const pairs = rotationSpeeds.length;
  const data = new Float32Array(dimensions.maxPositions * pairs);
  for (let position = 0; position < dimensions.maxPositions; position++) {
    for (let pair = 0; pair < pairs; pair++) {
      // Rounded to a float before the wave, as the model does.
      data[position * pairs + pair] = wave(Math.fround(position * (rotationSpeeds[pair] as number)));
    }
  }
  return { type: 'float32', dims: [dimensions.maxPositions, pairs], data } as const;
}
