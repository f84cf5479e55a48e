import { greedyChoice } from './greedy-choice.js';
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

/** Moonshine on the shipped graphs: the encoder, and a merged decoder that runs once for each token. */
export class ShippedMoonshine implements OfflineModel {
  readonly textOf = tokensToText;
  readonly bytesOf = tokenBytes;

  private constructor(
    private readonly encoder: InferenceSession,
    private readonly decoder: InferenceSession,
    /** Shapes of the empty past, (1, heads, 0, head size). */
    private readonly emptyPast: ReadonlyMap<string, readonly number[]>,
  ) {}

  static async load(encoderPath: string, decoderPath: string): Promise<ShippedMoonshine> {
    const encoder = await createSession(encoderPath);
    const decoder = await createSession(decoderPath);
    const emptyPast = new Map<string, readonly number[]>();
    for (const input of decoder.inputMetadata) {
      if (!input.name.startsWith('past_key_values') || !input.isTensor) continue;
      const [, heads, , headSize] = input.shape;
      emptyPast.set(input.name, [1, Number(heads), 0, Number(headSize)]);
    }
    return new ShippedMoonshine(encoder, decoder, emptyPast);
  }

  async transcribe(
    samples: Float32Array,
    limits: DecodeLimits,
    { prefix = [] }: Foreknowledge = {},
  ): Promise<DecodedTokens> {
    const encoded = await this.encoder.run({ input_values: float32Tensor(samples, [1, samples.length]) });
    const hidden = output(encoded, 'last_hidden_state');
    const tokens: number[] = [];
    const tokenLogProbs: number[] = [];
    let past = this.initialPast();
    let token = startOfText;
    for (let position = 0; tokens.length < limits.maxTokens; position++) {
      const first = position === 0;
      const outputs = await this.decoder.run({
        input_ids: int64Tensor(BigInt64Array.of(BigInt(token)), [1, 1]),
        encoder_hidden_states: hidden,
        use_cache_branch: boolTensor(!first, [1]),
        ...past,
      });
      past = nextPast(past, outputs, first);
      const given = prefix[position];
      if (given !== undefined) {
        token = given;
        continue;
      }
      const logits = output(outputs, 'logits').data as Float32Array;
      const endForbidden = tokens.length === 0 && !limits.mayBeEmpty;
      const choice = greedyChoice(logits, endForbidden ? endOfText : undefined);
      token = choice.token;
      if (token === endOfText) return { tokens, tokenLogProbs, stopReason: 'end-of-text' };
      tokens.push(token);
      tokenLogProbs.push(choice.logProb);
    }
    return endedByLimit(tokens, tokenLogProbs);
  }

  async dispose(): Promise<void> {
    await this.encoder.release();
    await this.decoder.release();
  }

  private initialPast(): Record<string, Tensor> {
    const past: Record<string, Tensor> = {};
    for (const [name, dims] of this.emptyPast) past[name] = float32Tensor(new Float32Array(0), dims);
    return past;
  }
}

/** The encoder's keys and values come out of the first step only; later steps hand back empty ones. */
function nextPast(
  past: Readonly<Record<string, Tensor>>,
  outputs: Readonly<Record<string, Tensor>>,
  first: boolean,
): Record<string, Tensor> {
  const next: Record<string, Tensor> = { ...past };
  for (const name of Object.keys(past)) {
    if (!first && name.includes('.encoder.')) continue;
    next[name] = output(outputs, name.replace('past_key_values', 'present'));
  }
  return next;
}
