import { encoderFrames } from './graphs/graph-interface.js';
import type { MoonshineDimensions } from './graphs/graph-interface.js';
import type { DecodedTokens } from '../../speech-model/hypothesis.js';
import { endedByLimit } from '../../speech-model/repetition-guard.js';
import { endOfText, startOfText, tokenBytes, tokensToText } from './tokenizer.js';
import {
  boolTensor,
  createSession,
  float32Tensor,
  int64Tensor,
  output,
} from '../../onnx-graphs/inference-session.js';
import type { InferenceSession, Tensor } from '../../onnx-graphs/inference-session.js';
import type { DecodeLimits, Foreknowledge, OfflineModel } from '../../speech-model/offline-model.js';
import { EncoderResults, StackedEncoderResults } from './encoder-results.js';
import { decodeBatch } from './batch-decoding.js';

export interface CompiledGraphs {
  readonly encoderPath: string;
  readonly decodeLoopPath: string;
  readonly dimensions: MoonshineDimensions;
}

type Tensors = Readonly<Record<string, Tensor>>;

/**
 * Moonshine on the graphs that graphs/graph-interface.ts documents: one call for the encoder, and one for the
 * whole text.
 */
export class CompiledMoonshine implements OfflineModel {
  readonly textOf = tokensToText;
  readonly bytesOf = tokenBytes;
  private readonly emptyPast: Tensors;
  private readonly encoderResults: EncoderResults;
  private readonly stackedResults: StackedEncoderResults;

  private constructor(
    private readonly encoder: InferenceSession,
    private readonly decodeLoop: InferenceSession,
    private readonly dimensions: MoonshineDimensions,
  ) {
    const past: Record<string, Tensor> = {};
    // Shape (batch, heads, positions, head size), with no position yet.
    const dims = [1, dimensions.heads, 0, dimensions.headSize];
    for (let layer = 0; layer < dimensions.layers; layer++) {
      past[`past_key_${layer}`] = float32Tensor(new Float32Array(0), dims);
      past[`past_value_${layer}`] = float32Tensor(new Float32Array(0), dims);
    }
    this.emptyPast = past;
    this.encoderResults = new EncoderResults(dimensions);
    this.stackedResults = new StackedEncoderResults(dimensions);
  }

  static async load(graphs: CompiledGraphs): Promise<CompiledMoonshine> {
    const encoder = await createSession(graphs.encoderPath);
    const decodeLoop = await createSession(graphs.decodeLoopPath);
    return new CompiledMoonshine(encoder, decodeLoop, graphs.dimensions);
  }

  async transcribe(
    samples: Float32Array,
    limits: DecodeLimits,
    { prefix = [], draft = [] }: Foreknowledge = {},
  ): Promise<DecodedTokens> {
    const encoded = await this.encode(samples);
    const text = new TextUnderway(limits.maxTokens);
    // In one call: a second call would take the text so far as a draft, which is rounded otherwise.
    text.take(await this.decode(prefix, draft.slice(0, limits.maxTokens), limits, encoded), prefix.length);
    if (text.result === undefined) throw new Error('the decoder gave neither an end nor all tokens');
    return text.result;
  }

  async transcribeTogether(
    pieces: readonly Float32Array[],
    limits: readonly DecodeLimits[],
  ): Promise<readonly DecodedTokens[]> {
    const frames = pieces.map((samples) => encoderFrames(samples.length));
    const stacked = this.stackedResults.of(frames);
    // One by one: the encoder gains nothing from a batch.
    for (const [row, samples] of pieces.entries()) stacked.put(row, await this.encode(samples));
    const texts = limits.map(({ maxTokens }) => new TextUnderway(maxTokens));
    const mayBeEmpty = limits.every((limit) => limit.mayBeEmpty);
    return decodeBatch(this.decodeLoop, this.dimensions, stacked.tensors, frames, texts, mayBeEmpty);
  }

  async dispose(): Promise<void> {
    await this.encoder.release();
    await this.decodeLoop.release();
  }

  /** Valid until the next call. */
  private encode(samples: Float32Array): Promise<Tensors> {
    return this.encoder.run(
      { audio: float32Tensor(samples, [1, samples.length]) },
      this.encoderResults.of(encoderFrames(samples.length)),
    );
  }

  /** Decodes a whole text. */
  private decode(
    prefix: readonly number[],
    draft: readonly number[],
    limits: DecodeLimits,
    encoded: Tensors,
  ): Promise<Tensors> {
    const ids = [startOfText, ...prefix, ...draft];
    const frames = output(encoded, 'cross_key_0').dims[2] ?? 0;
    const steps = prefix.length + limits.maxTokens;
    return this.decodeLoop.run(
      {
        ids: int64Tensor(BigInt64Array.from(ids, BigInt), [1, ids.length]),
        max_steps: int64Tensor(BigInt64Array.of(BigInt(steps)), []),
        forbid_end: boolTensor(!limits.mayBeEmpty, []),
        prefix_length: int64Tensor(BigInt64Array.of(BigInt(prefix.length)), [1]),
        past_length: int64Tensor(BigInt64Array.of(0n), [1]),
        encoder_frames: int64Tensor(BigInt64Array.of(BigInt(frames)), [1]),
        ...this.emptyPast,
        ...encoded,
      },
      ['tokens', 'log_probs'],
    );
  }
}

/** Collects the tokens of one text and knows when it is complete. */
class TextUnderway {
  result: DecodedTokens | undefined;
  readonly tokens: number[] = [];
  private readonly tokenLogProbs: number[] = [];

  constructor(private readonly maxTokens: number) {}

  get room(): number {
    return this.maxTokens - this.tokens.length;
  }

  /** @param from index of the first token that was not given */
  take(outputs: Tensors, from = 0): void {
    // Shape (steps, 1, 1).
    const tokens = output(outputs, 'tokens').data as BigInt64Array;
    const logProbs = output(outputs, 'log_probs').data as Float32Array;
    for (let at = from; at < tokens.length && this.result === undefined; at++) {
      this.add(Number(tokens[at]), logProbs[at] ?? 0);
    }
  }

  private add(token: number, logProb: number): void {
    const { tokens, tokenLogProbs } = this;
    if (token === endOfText) {
      this.result = { tokens, tokenLogProbs, stopReason: 'end-of-text' };
      return;
    }
    tokens.push(token);
    tokenLogProbs.push(logProb);
    if (tokens.length >= this.maxTokens) this.result = endedByLimit(tokens, tokenLogProbs);
  }
}
