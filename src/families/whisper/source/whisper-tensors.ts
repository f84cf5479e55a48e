/** Sizes of a Whisper, all of them read from its files. */
export interface WhisperDimensions {
  readonly width: number;
  /** Of each attention; they divide the width. */
  readonly heads: number;
  readonly encoderLayers: number;
  readonly decoderLayers: number;
  /** Width of the hidden layer of the feed-forward parts. */
  readonly feedForward: number;
  readonly melBands: number;
  /** Rows of the embedding: 51,864 for English only, 51,865, or 51,866 from large-v3 on. */
  readonly tokens: number;
  /** Positions of 20 ms that the encoder hears: 1,500. */
  readonly audioPositions: number;
  /** Positions of tokens: 448. */
  readonly textPositions: number;
}

/**
 * Returns the shapes of all weights by the names that this family uses, whatever the files call them. Matrices are (out, in),
 * convolutions (out, in, 3).
 *
 * `conv1.weight`, `encoder.positions`, `encoder.0.self.norm.scale`, `encoder.0.self.query.weight`, `decoder.1.cross.key.bias`,
 * `decoder.1.feed.norm.offset`, `decoder.1.feed.first.weight`, `decoder.norm.scale`, `embedding` and the like.
 */
export function whisperTensors(dimensions: WhisperDimensions): ReadonlyMap<string, readonly number[]> {
  const { width, melBands, tokens, feedForward, audioPositions, textPositions } = dimensions;
  const shapes = new Map<string, readonly number[]>();
  const addAffine = (name: string, ...shape: [number, ...number[]]) => {
    shapes.set(`${name}.weight`, shape);
    shapes.set(`${name}.bias`, [shape[0]]);
  };
  const addNorm = (name: string) => {
    shapes.set(`${name}.scale`, [width]);
    shapes.set(`${name}.offset`, [width]);
  };
  const addSide = (side: string, layers: number, attentions: readonly string[]) => {
    for (let layer = 0; layer < layers; layer++) {
      const prefix = `${side}.${String(layer)}`;
      for (const attention of attentions) {
        addNorm(`${prefix}.${attention}.norm`);
        for (const part of ['query', 'key', 'value', 'out']) {
          addAffine(`${prefix}.${attention}.${part}`, width, width);
        }
      }
      addNorm(`${prefix}.feed.norm`);
      addAffine(`${prefix}.feed.first`, feedForward, width);
      addAffine(`${prefix}.feed.second`, width, feedForward);
    }
    addNorm(`${side}.norm`);
  };
  addAffine('conv1', width, melBands, 3);
  addAffine('conv2', width, width, 3);
  shapes.set('encoder.positions', [audioPositions, width]);
  shapes.set('embedding', [tokens, width]);
  shapes.set('decoder.positions', [textPositions, width]);
  addSide('encoder', dimensions.encoderLayers, ['self']);
  addSide('decoder', dimensions.decoderLayers, ['self', 'cross']);
  return shapes;
}
