// @module-tag slow
import { beforeAll, describe, expect, it } from 'vitest';
import { decoderStepGraph } from '../../../../test/support/decoder-step-graph.js';
import {
  bool,
  dims,
  float32,
  hasModelFile,
  int64,
  modelFile,
  numbers,
  openGraph,
} from '../../../../test/support/graphs.js';
import type { Graph, Tensors } from '../../../../test/support/graphs.js';
import { fixtureRecordings, samplesOf } from '../../../../test/support/recordings.js';
import { encoderFrames, minEncoderSamples } from './graph-interface.js';
import { SourceGraph } from '../../../onnx-graphs/source-graph.js';
import { decodeLoopGraph } from './decode-loop-graph.js';
import { encoderGraph } from './encoder-graph.js';
import { MoonshineSource } from './moonshine-source.js';

const folder = 'moonshine-tiny-en/1/';
const files = { encoder: `${folder}encoder_model.onnx`, decoder: `${folder}decoder_model_merged.onnx` };
const start = 1;
const end = 2;

describe.skipIf(!hasModelFile(files.encoder))(
  `the compiled graphs of Moonshine (need models/${folder})`,
  () => {
    let source: MoonshineSource;
    let encoder: Graph;
    let loop: Graph;
    let step: Graph;
    /** Bytes can round a near tie otherwise in a step of many tokens. */
    let floatLoop: Graph;
    /** The encoder's results for each recording, with 0.2 s of silence before and after it. */
    let encoded: Tensors[];

    beforeAll(async () => {
      source = new MoonshineSource(
        new SourceGraph(modelFile(files.encoder), files.encoder),
        new SourceGraph(modelFile(files.decoder), files.decoder),
      );
      encoder = await openGraph(encoderGraph(source, 'rq'));
      loop = await openGraph(decodeLoopGraph(source, 'rq'));
      step = await openGraph(decoderStepGraph(source, 'rq'));
      floatLoop = await openGraph(decodeLoopGraph(source, 'f32'));
      encoded = [];
      for (const { pcm } of await fixtureRecordings())
        encoded.push(await encode(encoder, padded(samplesOf(pcm))));
    }, 60_000);

    const padded = (samples: Float32Array) => {
      const whole = new Float32Array(samples.length + 6_400);
      whole.set(samples, 3_200);
      return whole;
    };
    const encode = (graph: Graph, samples: Float32Array) =>
      graph.run({ audio: float32(samples, [1, samples.length]) });
    const first = () => encoded[0] as Tensors;

    function emptyPast(batch: number): Tensors {
      const { layers, heads, headSize } = source.dimensions;
      const past: Record<string, Tensors[string]> = {};
      for (let layer = 0; layer < layers; layer++) {
        for (const part of ['key', 'value']) {
          past[`past_${part}_${layer}`] = float32([], [batch, heads, 0, headSize]);
        }
      }
      return past;
    }

    function pastFrom(results: Tensors): Tensors {
      const present = Object.entries(results).filter(([name]) => name.startsWith('present_'));
      return Object.fromEntries(present.map(([name, tensor]) => [name.replace('present', 'past'), tensor]));
    }

    interface Decoding {
      readonly ids: readonly number[];
      readonly cross: Tensors;
      readonly past?: Tensors;
      readonly pastLength?: number;
      readonly forbidEnd?: boolean;
      readonly maxSteps?: number;
      readonly prefixLength?: number;
    }

    /** One text; `ids` stand one after the other. */
    function inputs({ ids, cross, past, pastLength = 0, forbidEnd = false }: Decoding): Tensors {
      return {
        ...cross,
        ...(past ?? emptyPast(1)),
        ids: int64(ids, [1, ids.length]),
        past_length: int64([pastLength], [1]),
        forbid_end: bool(forbidEnd),
        encoder_frames: int64([dims(cross, 'cross_key_0')[2] ?? 0], [1]),
      };
    }
    const runLoop = (decoding: Decoding, graph = loop) =>
      graph.run({
        ...inputs(decoding),
        max_steps: int64([decoding.maxSteps ?? 60], []),
        prefix_length: int64([decoding.prefixLength ?? 0], [1]),
      });
    const runStep = (decoding: Decoding) => step.run(inputs(decoding));

    /** Tokens up to the end of the text, without it. */
    const text = (tokens: readonly number[]) =>
      tokens.includes(end) ? tokens.slice(0, tokens.indexOf(end)) : tokens;

    it('reads the sizes of the model from its files', () => {
      expect(source.dimensions).toEqual({
        layers: 6,
        heads: 8,
        headSize: 36,
        hidden: 288,
        vocabulary: 32_000,
        rotary: 32,
        maxPositions: 2_048,
      });
      expect(source.encoderLayers).toBe(6);
    });

    it('makes of floats what the shipped encoder makes of the same weights, but for its 8-bit activations', async () => {
      const { layers, heads, headSize, hidden } = source.dimensions;
      const [recording] = await fixtureRecordings();
      const samples = padded(samplesOf(recording?.pcm ?? new Uint8Array()));
      const shipped = await openGraph(modelFile(files.encoder));
      const states = numbers(
        await shipped.run({ input_values: float32(samples, [1, samples.length]) }),
        'last_hidden_state',
      );
      const frames = states.length / hidden;
      const floats = await encode(await openGraph(encoderGraph(source, 'f32')), samples);
      const quantized = await encode(encoder, samples);
      for (const results of [floats, quantized]) {
        for (const layer of [0, layers - 1]) {
          const { values, scale, zeroPoint } = source.decoderMatrix(`layers.${layer}/encoder_attn/v_proj`);
          const actual = numbers(results, `cross_value_${layer}`); // [1, H, S, D]
          let error = 0;
          let power = 0;
          for (let frame = 0; frame < frames; frame += 7) {
            for (let column = 0; column < hidden; column++) {
              let sum = 0;
              for (let row = 0; row < hidden; row++) {
                const weight = ((values[row * hidden + column] as number) - zeroPoint) * scale;
                sum += (states[frame * hidden + row] as number) * weight;
              }
              const head = Math.floor(column / headSize);
              const at = (head * frames + frame) * headSize + (column % headSize);
              error += ((actual[at] as number) - sum) ** 2;
              power += sum ** 2;
            }
          }
          expect(actual).toHaveLength(heads * frames * headSize);
          expect(Math.sqrt(error / power)).toBeLessThan(0.15);
        }
      }
    });

    it.each([minEncoderSamples, 1_024, 5_000, 16_000, 16_063, 16_064, 33_333])(
      'makes as many frames of %i samples as the three convolutions do',
      async (samples) => {
        const shipped = await openGraph(modelFile(files.encoder));
        const audio = float32(new Float32Array(samples), [1, samples]);
        const expected = await shipped.run({ input_values: audio });
        const results = await encoder.run({ audio });
        expect(dims(results, 'cross_key_0')[2]).toBe(dims(expected, 'last_hidden_state')[1]);
        expect(encoderFrames(samples)).toBe(dims(expected, 'last_hidden_state')[1]);
        expect(numbers(results, 'cross_value_0').every(Number.isFinite)).toBe(true);
      },
    );

    it('gives in the loop what single steps give, with the log-probability of each choice', async () => {
      const whole = await runLoop({ ids: [start], cross: first() });
      const tokens = numbers(whole, 'tokens');
      expect(tokens.at(-1)).toBe(end);
      expect(tokens.length).toBeGreaterThan(10);
      let ids = [start];
      let past: Tensors | undefined;
      for (const [position, token] of tokens.entries()) {
        const decoding = { ids, cross: first(), pastLength: position };
        const results = await runStep(past === undefined ? decoding : { ...decoding, past });
        const logits = numbers(results, 'logits');
        const logitTokens = numbers(results, 'logit_tokens');
        const greatest = Math.max(...logits);
        const sum = logits.reduce((total, logit) => total + Math.exp(logit - greatest), 0);
        expect(numbers(results, 'tokens')).toEqual([token]);
        expect(logitTokens[logits.indexOf(greatest)]).toBe(token);
        expect(numbers(results, 'log_probs')[0]).toBeCloseTo(-Math.log(sum), 4);
        expect(numbers(whole, 'log_probs')[position]).toBeCloseTo(-Math.log(sum), 4);
        past = pastFrom(results);
        ids = [token];
      }
    });

    it('goes on where a limited loop has stopped', async () => {
      const tokens = numbers(await runLoop({ ids: [start], cross: first() }), 'tokens');
      const begun = await runLoop({ ids: [start], cross: first(), maxSteps: 5 });
      expect(numbers(begun, 'tokens')).toEqual(tokens.slice(0, 5));
      const rest = await runLoop({
        ids: [tokens[4] as number],
        cross: first(),
        past: pastFrom(begun),
        pastLength: 5,
      });
      expect(numbers(rest, 'tokens')).toEqual(tokens.slice(5));
    });

    const drafts: Record<string, (tokens: readonly number[]) => readonly number[]> = {
      'right, and then wrong': (tokens) => [...tokens.slice(0, 7), 4_242, 17, 9_000],
      'wrong from the start': () => [4_242, 17, 9_000],
      'the beginning': (tokens) => tokens.slice(0, 5),
      'the whole text': (tokens) => text(tokens),
      'longer than the text': (tokens) => [...text(tokens), 4_242, 17, 9_000, 4_242, 17],
    };
    it.each(Object.keys(drafts))('decodes a draft that is %s as if there were none', async (name) => {
      for (const cross of encoded) {
        const alone = await runLoop({ ids: [start], cross, forbidEnd: true }, floatLoop);
        const tokens = numbers(alone, 'tokens');
        const draft = drafts[name]?.(tokens) ?? [];
        const drafted = await runLoop({ ids: [start, ...draft], cross, forbidEnd: true }, floatLoop);
        expect(numbers(drafted, 'tokens')).toEqual(tokens);
        expect(dims(drafted, 'tokens')).toEqual([tokens.length, 1, 1]);
        expect(dims(drafted, 'present_key_5')).toEqual(dims(alone, 'present_key_5'));
        const expected = numbers(alone, 'log_probs');
        for (const [at, logProb] of numbers(drafted, 'log_probs').entries()) {
          expect(logProb).toBeCloseTo(expected[at] as number, 3);
        }
      }
    });

    it('keeps a prefix whatever the model thinks of it, and goes on behind it', async () => {
      const tokens = numbers(await runLoop({ ids: [start], cross: first() }), 'tokens');
      for (const prefix of [tokens.slice(0, 1), tokens.slice(0, 6), [...tokens.slice(0, 4), 4_242, 17]]) {
        const ids = [start, ...prefix];
        const stepped = await runStep({ ids, cross: first(), forbidEnd: false });
        const next = numbers(stepped, 'tokens').at(-1) as number;
        const behind = await runLoop({
          ids: [next],
          cross: first(),
          past: pastFrom(stepped),
          pastLength: ids.length,
        });
        const expected = [...prefix, next, ...numbers(behind, 'tokens')];
        for (const draft of [[], [4_242, 17], expected.slice(prefix.length)]) {
          const results = await runLoop({
            ids: [...ids, ...draft],
            cross: first(),
            prefixLength: prefix.length,
          });
          expect(text(numbers(results, 'tokens'))).toEqual(text(expected));
        }
      }
    });

    it('goes on from a draft that was cut off as from any other text', async () => {
      const tokens = numbers(await runLoop({ ids: [start], cross: first() }), 'tokens');
      const draft = [...tokens.slice(0, 6), 4_242, 17];
      const begun = await runLoop({ ids: [start, ...draft], cross: first(), maxSteps: 9 });
      expect(numbers(begun, 'tokens')).toEqual(tokens.slice(0, 9));
      const rest = await runLoop({
        ids: [tokens[8] as number],
        cross: first(),
        past: pastFrom(begun),
        pastLength: 9,
      });
      expect(numbers(rest, 'tokens')).toEqual(tokens.slice(9));
    });

    it('forbids end of text as the first choice only', async () => {
      const silence = await encode(encoder, new Float32Array(16_000));
      expect(numbers(await runLoop({ ids: [start], cross: silence }), 'tokens')[0]).toBe(end);
      const forced = await runLoop({ ids: [start], cross: silence, forbidEnd: true });
      expect(numbers(forced, 'tokens')[0]).toBeGreaterThan(end);
      expect(numbers(forced, 'log_probs')[0]).toBeLessThan(-1);
      const tokens = numbers(await runLoop({ ids: [start], cross: first() }), 'tokens');
      const drafted = await runLoop({ ids: [start, ...text(tokens)], cross: first(), forbidEnd: true });
      expect(numbers(drafted, 'tokens')).toEqual(tokens);
      const ids = [start, ...text(tokens)];
      const prefixLength = ids.length - 1;
      const more = await runLoop({ ids, cross: first(), prefixLength, forbidEnd: true });
      expect(numbers(more, 'tokens')[prefixLength]).toBeGreaterThan(end);
      const refused = await runLoop({ ids, cross: silence, forbidEnd: true });
      expect(numbers(refused, 'tokens')[0]).toBe(numbers(forced, 'tokens')[0]);
    });

    it('gives each row of a batch the text that it has alone', async () => {
      const { heads, headSize } = source.dimensions;
      const frames = encoded.map((cross) => dims(cross, 'cross_key_0')[2] ?? 0);
      const longest = Math.max(...frames);
      expect(new Set(frames).size).toBeGreaterThan(1);
      const batch = encoded.length;
      const together: Record<string, Tensors[string]> = {};
      for (const name of Object.keys(first())) {
        // Values beyond the frames of a row must not matter.
        const data = new Float32Array(batch * heads * longest * headSize).fill(3);
        for (const [row, cross] of encoded.entries()) {
          const length = (frames[row] as number) * headSize;
          const own = cross[name]?.data as Float32Array;
          for (let head = 0; head < heads; head++) {
            data.set(
              own.subarray(head * length, (head + 1) * length),
              (row * heads + head) * longest * headSize,
            );
          }
        }
        together[name] = float32(data, [batch, heads, longest, headSize]);
      }
      const results = await loop.run({
        ...together,
        ...emptyPast(batch),
        ids: int64(Array<number>(batch).fill(start), [batch, 1]),
        max_steps: int64([60], []),
        prefix_length: int64([0], [1]),
        past_length: int64([0], [1]),
        forbid_end: bool(false),
        encoder_frames: int64(frames, [batch]),
      });
      const tokens = numbers(results, 'tokens'); // [steps, B, 1]
      for (const [row, cross] of encoded.entries()) {
        const own = tokens.filter((_, index) => index % batch === row);
        const alone = numbers(await runLoop({ ids: [start], cross }), 'tokens');
        expect(text(own)).toEqual(text(alone));
      }
    });
  },
);
