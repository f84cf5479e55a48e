import type { SourceGraph } from '../../../onnx-graphs/source-graph.js';

/** The weights of Silero's network for 16 kHz. The shipped file holds a second network, for 8 kHz, beside it. */
export class SileroSource {
  private readonly prefix: string;

  constructor(private readonly graph: SourceGraph) {
    // 512 samples and their context give frames of 256; the network for 8 kHz has frames of half the length.
    const basis = graph.tensorNames().find((name) => {
      return name.endsWith('stft.forward_basis_buffer') && graph.tensor(name).dims[2] === frameSamples;
    });
    if (basis === undefined) throw graph.unexpected('holds no network for 16 kHz');
    this.prefix = basis.slice(0, -'stft.forward_basis_buffer'.length);
  }

  /** Cosines, then sines, each with the window. Shape (258, 256). */
  fourierBasis(): Float32Array {
    return this.weights('stft.forward_basis_buffer', [2 * frequencies, 1, frameSamples]);
  }

  /** Shape (filters, channels, 3) and (filters). */
  convolution(
    index: number,
    filters: number,
    channels: number,
  ): { weights: Float32Array; bias: Float32Array } {
    const name = `encoder.${index}.reparam_conv`;
    return {
      weights: this.weights(`${name}.weight`, [filters, channels, 3]),
      bias: this.weights(`${name}.bias`, [filters]),
    };
  }

  /** The recurrent cell; its gates are in the order input, forget, cell, output. Shapes (512, 128) and (512). */
  cell(): {
    input: Float32Array;
    recurrent: Float32Array;
    inputBias: Float32Array;
    recurrentBias: Float32Array;
  } {
    const gates = 4 * stateSize;
    return {
      input: this.weights('decoder.rnn.weight_ih', [gates, stateSize]),
      recurrent: this.weights('decoder.rnn.weight_hh', [gates, stateSize]),
      inputBias: this.weights('decoder.rnn.bias_ih', [gates]),
      recurrentBias: this.weights('decoder.rnn.bias_hh', [gates]),
    };
  }

  /** State to the logit of speech. Shapes (128) and (1). */
  classifier(): { weights: Float32Array; bias: Float32Array } {
    return {
      weights: this.weights('decoder.decoder.2.weight', [1, stateSize, 1]),
      bias: this.weights('decoder.decoder.2.bias', [1]),
    };
  }

  private weights(name: string, dims: readonly number[]): Float32Array {
    const found = this.graph.tensor(this.prefix + name).dims;
    if (found.join() !== dims.join())
      throw this.graph.unexpected(`has ${name} in another shape: ${found.join()}`);
    return this.graph.floats(this.prefix + name);
  }
}

/** Samples of one frame of the Fourier transform; the next one starts half a frame later. */
export const frameSamples = 256;
export const frequencies = frameSamples / 2 + 1;
/** Values of the recurrent state, twice: hidden and cell. */
export const stateSize = 128;
