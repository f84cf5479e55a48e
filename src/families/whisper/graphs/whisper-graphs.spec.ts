import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bool, float32, int64, noise, numbers, openGraph } from '../../../../test/support/graphs.js';
import type { Graph, Tensors } from '../../../../test/support/graphs.js';
import { plainLogMel, PlainWhisper, softmax } from '../../../../test/support/plain-whisper.js';
import type { PlainMemory } from '../../../../test/support/plain-whisper.js';
import {
  randomWhisper,
  smallTokens,
  smallWhisper,
  writeCTranslate2,
  writeSafetensors,
  writeTokens,
} from '../../../../test/support/whisper-files.js';
import { EncoderResults, putRow } from '../encoder-results.js';
import { heardPositions } from '../heard-positions.js';
import { openWhisperSource } from '../source/open-source.js';
import { buildGraphs } from './build-graphs.js';
import { specialCount } from './graph-interface.js';
import { slaneyFilters } from './log-mel.js';

const { audioPositions, decoderLayers, heads, melBands } = smallWhisper;
const { endOfText, noTimeStamps, languages, startOfTranscript, suppressed, suppressedFirst } = smallTokens;
/** 0.1 s of a window of 0.2 s: the positions heard are 0 to 4, and 6 and 8, which count twice. */
const clip = noise(1_600);
const sparse = { marginSeconds: 0, stride: 2 };

describe('the graphs of a small Whisper with random weights', () => {
  let folder: string;
  let plain: PlainWhisper;
  let graphs: ReadonlyMap<string, Uint8Array>;
  let encoder: Graph;
  let loop: Graph;

  const files = (kind: string) => {
    const names: Record<string, string> = {
      ...{ tokenizer: 'tokenizer.json', config: 'config.json' },
      ...(kind === 'ctranslate2'
        ? { weights: 'model.bin' }
        : { weights: 'model.safetensors', generation: 'generation_config.json' }),
    };
    return {
      has: (role: string) => role in names,
      path: (role: string) => join(folder, kind, names[role]!),
      graph: () => Promise.reject(new Error('there is none')),
    };
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'whisper-'));
    const weights = randomWhisper(5);
    await writeCTranslate2(join(folder, 'ctranslate2'), weights, 'float32');
    await writeTokens(join(folder, 'ctranslate2'), 'ctranslate2');
    await writeSafetensors(join(folder, 'transformers'), weights);
    await writeTokens(join(folder, 'transformers'), 'transformers');
    const source = await openWhisperSource(join(folder, 'transformers', 'model.safetensors'));
    plain = await PlainWhisper.read(source);
    await source.close();
    ({ graphs } = await buildGraphs(files('ctranslate2'), 'f32'));
    encoder = await openGraph(graphs.get('encoder')!);
    loop = await openGraph(graphs.get('decodeLoop')!);
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  const encode = (samples: Float32Array, silence = sparse) => {
    const { audioSamples, positions, stemPositions, bias } = heardPositions(
      samples.length,
      silence,
      audioPositions,
    );
    const audio = new Float32Array(audioSamples);
    audio.set(samples);
    const feeds = {
      audio: float32(audio, [1, audio.length]),
      positions: int64([...positions], [positions.length]),
      stem_positions: int64([...stemPositions], [positions.length]),
      bias: float32(bias, [bias.length]),
    };
    return { feeds, positions, bias: [...bias] };
  };

  const plainMemory = (samples: Float32Array, positions: readonly number[], bias: readonly number[]) => {
    const window = new Float32Array(audioPositions * 320);
    window.set(samples);
    return plain.encode(plainLogMel(window, slaneyFilters(melBands).data), positions, bias);
  };

  const decode = (encoded: Tensors, given: Partial<Decoding> = {}) => {
    const { among = Object.values(languages), forbidEnd = true, steps = 3, prompt = [] } = given;

    const [batch = 1] = encoded['cross_key_0']!.dims;
    const mask = Array.from({ length: specialCount(smallTokens) }, (_, at) =>
      among.includes(at + endOfText) ? 1 : 0,
    );
    const repeated = <Value>(row: readonly Value[]) => Array.from({ length: batch }, () => row).flat();
    const ids = [...prompt, startOfTranscript];
    return (given.loop ?? loop).run({
      ids: int64(repeated(ids), [batch, ids.length]),
      language_mask: float32(repeated(mask), [batch, mask.length]),
      tail: int64(repeated([smallTokens.transcribe, noTimeStamps]), [batch, 2]),
      max_steps: int64([steps], []),
      forbid_end: bool(forbidEnd),
      ...encoded,
    });
  };

  it.each([
    ['all of the window', { marginSeconds: 0, stride: 1 }],
    ['a clip and sparse silence', sparse],
  ])('hear %s as plain arithmetic does', async (_, silence) => {
    const { feeds, positions, bias } = encode(clip, silence);
    const encoded = await encoder.run(feeds);
    const memory = plainMemory(clip, positions, bias);
    for (let layer = 0; layer < decoderLayers; layer++) {
      const keys = byPosition(encoded, `cross_key_${layer}`);
      expectClose(
        keys.flatMap((key) => key.slice(0, -1)),
        memory[layer]!.keys.flat(),
      );
      expect(keys.map((key) => key.at(-1))).toEqual(
        bias.flatMap((value) => new Array<number>(heads).fill(value)),
      );
      expectClose(
        byPosition(encoded, `cross_value_${layer}`).flatMap((value) => value.slice(0, -1)),
        memory[layer]!.values.flat(),
      );
    }
  });

  it.each([true, false])(
    'decode as plain arithmetic does, the end forbidden first: %s',
    async (forbidEnd) => {
      const { feeds, positions, bias } = encode(clip);
      const results = await decode(await encoder.run(feeds), { forbidEnd });
      const expected = plainDecoding(plain, plainMemory(clip, positions, bias), bias, forbidEnd);
      expect(numbers(results, 'tokens')).toEqual([expected.language, ...expected.tokens]);
      expectClose(numbers(results, 'log_probs').slice(1), expected.logProbs);
      const after = softmax(expected.first.slice(0, noTimeStamps + 1));
      expectClose(numbers(results, 'special_probs'), after.slice(endOfText));
    },
  );

  it('decode after a prompt as plain arithmetic does', async () => {
    const { feeds, positions, bias } = encode(clip);
    const prompt = [smallTokens.startOfPrevious, 4];
    const results = await decode(await encoder.run(feeds), { prompt, steps: 1 });
    const expected = plainDecoding(plain, plainMemory(clip, positions, bias), bias, true, prompt, 1);
    expect(numbers(results, 'tokens')).toEqual([expected.language, ...expected.tokens]);
    expectClose(numbers(results, 'log_probs').slice(1), expected.logProbs);
    const after = softmax(expected.first.slice(0, noTimeStamps + 1));
    expectClose(numbers(results, 'special_probs'), after.slice(endOfText));
  });

  it('keep to the languages that are allowed, however improbable', async () => {
    const { feeds } = encode(clip);
    const encoded = await encoder.run(feeds);
    for (const language of Object.values(languages)) {
      const results = await decode(encoded, { among: [language] });
      expect(numbers(results, 'tokens')[0]).toBe(language);
    }
  });

  it('give a row of a batch what it has alone', async () => {
    const one = encode(clip);
    const other = encode(clip.subarray(0, 640));
    const encoded = [await encoder.run(one.feeds), await encoder.run(other.feeds)] as const;
    const length = Math.max(one.positions.length, other.positions.length);
    const stacked = new EncoderResults(smallWhisper).reserve(2, length);
    for (const [row, results] of encoded.entries()) putRow(stacked, row, results);
    const together = await decode(stacked);
    for (const row of [0, 1]) {
      const alone = numbers(await decode(encoded[row]!), 'tokens');
      const own = numbers(together, 'tokens').filter((_, at) => at % 2 === row);
      expect(own.slice(0, alone.length)).toEqual(alone);
    }
  });

  it('are the same from both kinds of files', async () => {
    const other = await buildGraphs(files('transformers'), 'f32');
    for (const [role, bytes] of graphs) {
      expect(Buffer.from(other.graphs.get(role)!).equals(Buffer.from(bytes)), role).toBe(true);
    }
    expect(other.options).toEqual({ dimensions: smallWhisper, tokens: smallTokens });
  });

  it.each(['rq', 'dq', 'dq7', 'f32-rq'])('can be loaded and run as %s', async (variant) => {
    const built = await buildGraphs(files('ctranslate2'), variant);
    const { feeds } = encode(clip);
    const encoded = await (await openGraph(built.graphs.get('encoder')!)).run(feeds);
    const whole = byPosition(await encoder.run(feeds), 'cross_value_2').flat();
    const error = byPosition(encoded, 'cross_value_2')
      .flat()
      .map((value, at) => value - whole[at]!);
    expect(Math.hypot(...error) / Math.hypot(...whole)).toBeLessThan(variant === 'f32-rq' ? 1e-6 : 0.5);
    expect(
      numbers(await decode(encoded, { loop: await openGraph(built.graphs.get('decodeLoop')!) }), 'tokens'),
    ).toHaveLength(4);
  });
});

interface Decoding {
  readonly among: readonly number[];
  readonly forbidEnd: boolean;
  readonly steps: number;
  readonly prompt: readonly number[];
  readonly loop: Graph;
}

/** The most probable allowed tokens, one by one. */
function plainDecoding(
  plain: PlainWhisper,
  memory: readonly PlainMemory[],
  bias: readonly number[],
  forbidEnd: boolean,
  before: readonly number[] = [],
  steps = 3,
) {
  const first = plain.logits([...before, startOfTranscript], memory, bias);
  const best = (of: readonly number[], scores: readonly number[]) =>
    of.reduce((chosen, token) => (scores[token]! > scores[chosen]! ? token : chosen));
  const language = best(Object.values(languages), first);
  const prompt = [...before, startOfTranscript, language, smallTokens.transcribe, noTimeStamps];
  const tokens: number[] = [];
  const logProbs: number[] = [];
  while (tokens.length < steps && tokens.at(-1) !== endOfText) {
    const logits = plain.logits([...prompt, ...tokens], memory, bias);
    const forbidden = tokens.length > 0 ? suppressed : [...suppressed, ...suppressedFirst];
    const allowed = Array.from({ length: endOfText + 1 }, (_, token) => token).filter(
      (token) => !forbidden.includes(token) && (token !== endOfText || tokens.length > 0 || !forbidEnd),
    );
    const token = best(allowed, logits);
    logProbs.push(Math.log(softmax(allowed.map((one) => logits[one]!))[allowed.indexOf(token)]!));
    tokens.push(token);
  }
  return { first, language, tokens, logProbs };
}

/** [1, H, S, size] to a row for each position and head. */
function byPosition(results: Tensors, name: string): number[][] {
  const values = numbers(results, name);
  const [, , positions = 0, size = 0] = results[name]!.dims;
  return Array.from({ length: positions * heads }, (_, at) => {
    const start = ((at % heads) * positions + Math.floor(at / heads)) * size;
    return values.slice(start, start + size);
  });
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  const greatest = Math.max(...expected.map(Math.abs));
  const furthest = Math.max(...actual.map((value, at) => Math.abs(value - expected[at]!)));
  expect(furthest / Math.max(1, greatest)).toBeLessThan(1e-3);
}
