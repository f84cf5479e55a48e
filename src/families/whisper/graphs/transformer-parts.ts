import { Float, microsoft } from '../../../onnx-graphs/graph-builder.js';
import type { GraphBuilder } from '../../../onnx-graphs/graph-builder.js';
import { matmul } from '../../../onnx-graphs/matmul-variants.js';
import type { MatmulVariant } from '../../../onnx-graphs/matmul-variants.js';
import type { Linear } from './counted-attention.js';
import type { WhisperWeights } from './whisper-weights.js';

/** The parts that encoder and decoder have in common. B batch, T positions, C width. */
export class TransformerParts {
  constructor(
    private readonly g: GraphBuilder,
    private readonly weights: WhisperWeights,
    private readonly variant: MatmulVariant,
    /** There is no batch, see Product.oneSequence. */
    private readonly oneSequence: boolean,
  ) {}

  /** [B, T, C] to [B, T, C]. @param name `encoder.0.self.norm` and the like */
  layerNorm(input: string, name: string): string {
    const { g, weights } = this;
    const tensors = ['scale', 'offset'].map((part) =>
      g.constant(`${name}.${part}`, weights.tensor(`${name}.${part}`)),
    );
    return g.op('LayerNormalization', [input, ...tensors], {
      attributes: { axis: -1, epsilon: new Float(1e-5) },
    });
  }

  /** [B, T, in] to [B, T, out of all]. @param names `encoder.0.self.query` and the like: their results are put side by side */
  linear(input: string, ...names: readonly string[]): string {
    return this.product(
      input,
      names.map((name) => this.weights.linear(name)),
      names.length === 1 ? names[0]! : `${names[0]!}…`,
    );
  }

  /** [B, T, in] to [B, T, out of all]. @param name of the stored tensors of the product */
  product(input: string, linears: readonly Linear[], name: string): string {
    return matmul(this.g, this.variant, input, {
      name,
      matrices: linears.map(({ matrix }) => matrix),
      bias: Float32Array.from(linears.flatMap(({ bias }) => [...bias])),
      oneSequence: this.oneSequence,
    });
  }

  /** Query, key and value of an attention to the positions themselves. [B, T, C] to three of [B, T, C] */
  selfProjections(input: string, layer: string): [string, string, string] {
    const { width } = this.weights.dimensions;
    const names = ['query', 'key', 'value'].map((part) => `${layer}.self.${part}`);
    return this.g.split(this.linear(input, ...names), [width, width, width]) as [string, string, string];
  }

  /** [B, T, C] to [B, T, C] */
  feedForward(input: string, layer: string): string {
    const widened = this.linear(this.layerNorm(input, `${layer}.feed.norm`), `${layer}.feed.first`);
    const bent = this.g.op('Gelu', [widened], { domain: microsoft });
    return this.g.op('Add', [input, this.linear(bent, `${layer}.feed.second`)]);
  }
}
