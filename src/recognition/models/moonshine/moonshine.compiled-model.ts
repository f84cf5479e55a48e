import type { SpeechModelDimensions } from '../../../model-compiler/moonshine/moonshine-source.js';
import type { DecodedTokens } from '../../decoding/hypothesis.js';
import { findRepetition, lengthWithoutRepetition } from '../../decoding/repetition-guard.js';
import { endOfText, startOfText } from '../../decoding/tokenizer.js';
import {
  boolTensor,
  createSession,
  float32Tensor,
  int64Tensor,
  output,
} from '../../runtime/inference-session.js';
import type { InferenceSession, Tensor } from '../../runtime/inference-session.js';
import type { DecodeLimits, SpeechModel } from '../../runtime/speech-model.js';
import { minSamples } from './moonshine.limits.js';

export interface CompiledGraphs {
  readonly encoderPath: string;
  readonly decodeLoopPath: string;
  readonly dimensions: SpeechModelDimensions;
}

type Tensors = Readonly<Record<string, Tensor>>;

/** Tokens decoded in one call, beyond a draft; between calls the guard looks for loops. More than most segments have. */
const stepsPerCall = 48;

/**
 * Moonshine on the graphs that model-compiler/compiled-model.ts describes: one call for the encoder, and as a rule one
 * for the whole text.
 */
export class MoonshineCompiledModel implements SpeechModel {
  readonly minSamples = minSamples;
  private readonly emptyPast: Tensors;

  private constructor(
    private readonly encoder: InferenceSession,
    private readonly decodeLoop: InferenceSession,
    private readonly dimensions: SpeechModelDimensions,
  ) {
    const past: Record<string, Tensor> = {};
    // Shape (batch, heads, positions, head size), with no position yet.
    const dims = [1, dimensions.heads, 0, dimensions.headSize];
    for (let layer = 0; layer < dimensions.layers; layer++) {
      past[`past_key_${layer}`] = float32Tensor(new Float32Array(0), dims);
      past[`past_value_${layer}`] = float32Tensor(new Float32Array(0), dims);
    }
    this.emptyPast = past;
  }

  static async load(graphs: CompiledGraphs): Promise<MoonshineCompiledModel> {
    const encoder = await createSession(graphs.encoderPath);
    const decodeLoop = await createSession(graphs.decodeLoopPath);
    return new MoonshineCompiledModel(encoder, decodeLoop, graphs.dimensions);
  }

  async transcribe(
    samples: Float32Array,
    limits: DecodeLimits,
    draft: readonly number[] = [],
  ): Promise<DecodedTokens> {
    const encoded = await this.encoder.run({ audio: float32Tensor(samples, [1, samples.length]) });
    const text = new TextUnderway(limits.maxTokens);
    let past = this.emptyPast;
    let pastLength = 0;
    let ids: readonly number[] = [startOfText, ...draft.slice(0, limits.maxTokens)];
    for (;;) {
      const forbidEnd = text.isEmpty && !limits.mayBeEmpty;
      const steps = Math.min(stepsPerCall + ids.length - 1, text.room);
      const outputs = await this.run(ids, steps, forbidEnd, past, pastLength, encoded);
      pastLength += text.take(outputs);
      if (text.result !== undefined) return text.result;
      past = this.presentOf(outputs);
      ids = [text.last];
    }
  }

  async dispose(): Promise<void> {
    await this.encoder.release();
    await this.decodeLoop.release();
  }

  private run(
    ids: readonly number[],
    maxSteps: number,
    forbidEnd: boolean,
    past: Tensors,
    pastLength: number,
    encoded: Tensors,
  ): Promise<Tensors> {
    const frames = output(encoded, 'cross_key_0').dims[2] ?? 0;
    return this.decodeLoop.run({
      ids: int64Tensor(BigInt64Array.from(ids, BigInt), [1, ids.length]),
      max_steps: int64Tensor(BigInt64Array.of(BigInt(maxSteps)), []),
      forbid_end: boolTensor(forbidEnd, []),
      past_length: int64Tensor(BigInt64Array.of(BigInt(pastLength)), [1]),
      encoder_frames: int64Tensor(BigInt64Array.of(BigInt(frames)), [1]),
      ...past,
      ...encoded,
    });
  }

  private presentOf(outputs: Tensors): Tensors {
    const past: Record<string, Tensor> = {};
    for (let layer = 0; layer < this.dimensions.layers; layer++) {
      past[`past_key_${layer}`] = output(outputs, `present_key_${layer}`);
      past[`past_value_${layer}`] = output(outputs, `present_value_${layer}`);
    }
    return past;
  }
}

/** Collects the tokens of one text and knows when it is complete. */
class TextUnderway {
  result: DecodedTokens | undefined;
  private readonly tokens: number[] = [];
  private readonly tokenLogProbs: number[] = [];

  constructor(private readonly maxTokens: number) {}

  get isEmpty(): boolean {
    return this.tokens.length === 0;
  }

  get room(): number {
    return this.maxTokens - this.tokens.length;
  }

  get last(): number {
    return this.tokens.at(-1) ?? startOfText;
  }

  /** @returns how many positions the graph has added to its past */
  take(outputs: Tensors): number {
    // Shape (steps, 1, 1).
    const tokens = output(outputs, 'tokens').data as BigInt64Array;
    const logProbs = output(outputs, 'log_probs').data as Float32Array;
    for (let at = 0; at < tokens.length && this.result === undefined; at++) {
      this.add(Number(tokens[at]), logProbs[at] ?? 0);
    }
    if (this.result === undefined) this.stopIfLooping();
    return tokens.length;
  }

  private add(token: number, logProb: number): void {
    if (token === endOfText) {
      this.end('end-of-text', this.tokens.length);
      return;
    }
    this.tokens.push(token);
    this.tokenLogProbs.push(logProb);
    if (this.tokens.length >= this.maxTokens && !this.stopIfLooping())
      this.end('max-tokens', this.tokens.length);
  }

  private stopIfLooping(): boolean {
    const repetition = findRepetition(this.tokens);
    if (repetition === undefined) return false;
    this.end('repetition', lengthWithoutRepetition(this.tokens, repetition));
    return true;
  }

  private end(stopReason: DecodedTokens['stopReason'], length: number): void {
    this.result = {
      tokens: this.tokens.slice(0, length),
      tokenLogProbs: this.tokenLogProbs.slice(0, length),
      stopReason,
    };
  }
}
