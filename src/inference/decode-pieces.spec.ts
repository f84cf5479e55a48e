import { describe, expect, it } from 'vitest';
import { capabilitiesOf } from '../families/moonshine/capabilities.js';
import type { SpeechCapabilities } from '../speech-model/capabilities.js';
import type { DecodedTokens } from '../speech-model/hypothesis.js';
import type {
  DecodeLimits,
  Foreknowledge,
  Instructions,
  OfflineModel,
} from '../speech-model/offline-model.js';
import { decodePieces } from './decode-pieces.js';
import type { DecodePiece } from './inference-messages.js';

/** A model whose text of a piece is its length in samples, as one token; it keeps how it was called. */
class LengthModel implements OfflineModel {
  /** Lengths of the pieces of each call. */
  readonly calls: number[][] = [];
  readonly limits: DecodeLimits[] = [];
  readonly known: (Foreknowledge & Instructions)[] = [];

  transcribe(
    samples: Float32Array,
    limits: DecodeLimits,
    known: Foreknowledge & Instructions = {},
  ): Promise<DecodedTokens> {
    this.calls.push([samples.length]);
    this.limits.push(limits);
    this.known.push(known);
    return Promise.resolve(tokensOf(samples));
  }

  transcribeTogether(
    pieces: readonly Float32Array[],
    limits: readonly DecodeLimits[],
    instructions: Instructions,
  ): Promise<readonly DecodedTokens[]> {
    this.calls.push(pieces.map(({ length }) => length));
    this.limits.push(...limits);
    this.known.push(instructions);
    return Promise.resolve(pieces.map(tokensOf));
  }

  textOf(tokens: readonly number[]): string {
    return tokens.join(' ');
  }

  bytesOf(token: number): Uint8Array {
    return Buffer.from(` ${token}`);
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }
}

function tokensOf({ length }: Float32Array): DecodedTokens {
  return { tokens: [length], tokenLogProbs: [-0.1], stopReason: 'end-of-text', language: 'en' };
}

const needs: SpeechCapabilities = {
  ...capabilitiesOf({ id: 'some', version: 1, languages: ['en'], maxAudioSeconds: 30 }, 'shipped'),
  minSamples: 4_000,
  maxBatch: 4,
  decodeRates: { tokensPerSecond: 10, tokensAtLeast: 5 },
};

const piece = (length: number, more: Partial<DecodePiece> = {}): DecodePiece => ({
  samples: new Float32Array(length).fill(0.5),
  speechDetected: true,
  ...more,
});

async function decode(
  pieces: readonly DecodePiece[],
  more: Partial<SpeechCapabilities> = {},
  model: OfflineModel & LengthModel = new LengthModel(),
) {
  const loaded = { kind: 'speech', model, capabilities: { ...needs, ...more } } as const;
  return { model, hypotheses: await decodePieces(loaded, pieces) };
}

describe('decodePieces', () => {
  it('returns a hypothesis for each piece, with its text and the bytes of its tokens', async () => {
    const { hypotheses } = await decode([piece(16_000)]);
    expect(hypotheses).toEqual([
      {
        tokens: [16_000],
        tokenLogProbs: [-0.1],
        stopReason: 'end-of-text',
        language: 'en',
        text: '16000',
        tokenBytes: [Buffer.from(' 16000')],
      },
    ]);
  });

  it('pads a piece that is too short for the model, and bounds its tokens by the padded length', async () => {
    const { model } = await decode([piece(100), piece(32_000, { speechDetected: false })]);
    expect(model.calls).toEqual([[4_000], [32_000]]);
    expect(model.limits).toEqual([
      { maxTokens: 5 + 3, mayBeEmpty: false },
      { maxTokens: 5 + 20, mayBeEmpty: true },
    ]);
  });

  it('bounds the tokens of a trial by what people say in the time', async () => {
    const lavish = { decodeRates: { tokensPerSecond: 40, tokensAtLeast: 5 } };
    const { model } = await decode([piece(32_000, { isTrial: true })], lavish);
    expect(model.limits).toEqual([{ maxTokens: 5 + 20, mayBeEmpty: false }]);
    const frugal = { decodeRates: { tokensPerSecond: 6, tokensAtLeast: 5 } };
    const other = await decode([piece(32_000, { isTrial: true })], frugal);
    expect(other.model.limits).toEqual([{ maxTokens: 5 + 12, mayBeEmpty: false }]);
  });

  it('decodes pieces together that differ in their audio only', async () => {
    const instructions = { language: 'en', prompt: 'Names.', task: 'transcribe' } as const;
    const { model, hypotheses } = await decode([piece(8_000, instructions), piece(9_000, instructions)]);
    expect(model.calls).toEqual([[8_000, 9_000]]);
    expect(model.known).toMatchObject([instructions]);
    expect(hypotheses.map(({ text }) => text)).toEqual(['8000', '9000']);
  });

  it.each<[string, Partial<DecodePiece>]>([
    ['a prefix', { prefix: [1] }],
    ['a draft', { draft: [1] }],
    ['another language', { language: 'de' }],
    ['another prompt', { prompt: 'Names.' }],
    ['another task', { task: 'translate' }],
    ['a trial', { isTrial: true }],
    ['no speech', { speechDetected: false }],
  ])('decodes each piece by itself where one has %s', async (_, other) => {
    const { model, hypotheses } = await decode([piece(8_000), piece(9_000, other)]);
    expect(model.calls).toEqual([[8_000], [9_000]]);
    expect(model.known[1]).toMatchObject(other);
    expect(hypotheses.map(({ text }) => text)).toEqual(['8000', '9000']);
  });

  it('decodes each piece by itself where batches change the texts of a model, or it cannot run them', async () => {
    const pieces = [piece(8_000), piece(9_000)];
    expect((await decode(pieces, { maxBatch: 1 })).model.calls).toEqual([[8_000], [9_000]]);
    const single = Object.assign(new LengthModel(), { transcribeTogether: undefined });
    expect((await decode(pieces, {}, single as unknown as LengthModel)).model.calls).toEqual([
      [8_000],
      [9_000],
    ]);
  });

  it('refuses log-probabilities that are not numbers, whatever text comes with them', async () => {
    class BrokenModel extends LengthModel {
      override transcribe(): Promise<DecodedTokens> {
        const tokenLogProbs = [-0.1, Number.NaN];
        return Promise.resolve({ tokens: [1, 2], tokenLogProbs, stopReason: 'end-of-text' });
      }
    }
    await expect(decode([piece(16_000)], {}, new BrokenModel())).rejects.toThrow(/not a number/);
  });
});
