// @module-tag slow
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { float32, int64, noise, openGraph } from '../../../test/support/graphs.js';
import type { Graph } from '../../../test/support/graphs.js';
import { fixtureRecordings, samplesOf } from '../../../test/support/recordings.js';
import {
  whisperBaseCondition,
  whisperBaseFiles,
  whisperBaseFolder,
} from '../../../test/support/whisper-base.js';
import type { Instructions } from '../../speech-model/offline-model.js';
import type { BuiltGraphs } from '../family.js';
import { CompiledWhisper } from './compiled-whisper.js';
import { buildGraphs } from './graphs/build-graphs.js';
import { graphFiles } from './graphs/graph-interface.js';
import type { WhisperFacts } from './graphs/graph-interface.js';
import { heardPositions } from './heard-positions.js';
import type { SparseSilence } from './heard-positions.js';
import { Vocabulary } from './tokens/vocabulary.js';

/**
 * What numpy in floats gives for the first three recordings of test/fixtures, with a margin of 0.5 s and a stride of 16: values
 * at every 7,919th place of the keys of the first layer and the values of the last one, [position][width], and the
 * log-probability of the first token.
 */
const fromNumpy = [
  {
    positions: 450,
    keys: [1.48945, 0.41139, 0.79665, 0.43718, -0.9155, 1.0525, -1.91269, 0.36792],
    values: [0.92583, -0.29467, 0.98874, 0.30509, -0.92175, -0.78027, -0.49364, 0.33136],
    firstLogProb: -0.23391,
    text: 'And Mr. John Dashwood had then leisure to consider how much there might be prudently in his power to do for them.',
  },
  {
    positions: 258,
    keys: [0.31915, -0.25597, -0.20924, 0.22958, -1.5141, 1.61061, -0.22778, 2.86271],
    values: [0.31609, 0.17761, -0.16304, -0.02617, -1.08248, 0.17997, -0.25172, 1.28176],
    firstLogProb: -0.26757,
    text: 'He was not an ill-disposed young man.',
  },
  {
    positions: 366,
    keys: [0.91029, 0.04568, 0.56609, 0.76539, -1.00455, 1.38315, -1.39022, -1.39874],
    values: [-0.02286, 0.45237, 0.51354, -0.21468, -0.73082, 0.04815, -0.44643, 0.84484],
    firstLogProb: -0.39324,
    text: 'Unless to be rather cold-hearted and rather selfish is to be ill-disposed.',
  },
];
const silence = { marginSeconds: 0.5, stride: 16 };
const limits = { maxTokens: 100, mayBeEmpty: false };

describe.skipIf(whisperBaseFolder === undefined)(`whisper-base on its graphs${whisperBaseCondition}`, () => {
  let folder: string;
  let clips: Float32Array[];
  let encoder: Graph;
  let built: BuiltGraphs;
  let floats: CompiledWhisper;
  let bytes: CompiledWhisper;

  const load = async (
    variant: string,
    { graphs, options }: BuiltGraphs,
    heard: SparseSilence = silence,
  ): Promise<CompiledWhisper> => {
    const paths = Object.entries(graphFiles).map(([role, name]) => [
      role,
      join(folder, `${variant}-${name}`),
    ]);
    for (const [role, path] of paths) await writeFile(path!, graphs.get(role!)!);
    const { encoder: encoderPath, decodeLoop: decodeLoopPath } = Object.fromEntries(paths) as Record<
      string,
      string
    >;
    return CompiledWhisper.load(
      { encoderPath: encoderPath!, decodeLoopPath: decodeLoopPath!, facts: options as WhisperFacts },
      {
        vocabulary: await Vocabulary.read({ tokenizer: whisperBaseFiles.path('tokenizer') }),
        languages: ['en', 'es', 'fr', 'it', 'ru'],
        silence: heard,
      },
    );
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'whisper-'));
    clips = (await fixtureRecordings()).slice(0, fromNumpy.length).map(({ pcm }) => samplesOf(pcm));
    built = await buildGraphs(whisperBaseFiles, 'f32');
    encoder = await openGraph(built.graphs.get('encoder')!);
    floats = await load('f32', built);
    bytes = await load('rq', await buildGraphs(whisperBaseFiles, 'rq'));
  }, 120_000);
  afterAll(async () => {
    await floats.dispose();
    await bytes.dispose();
    await rm(folder, { recursive: true });
  });

  it('decodes a text without an end once more on the whole window, but not in a trial', async () => {
    const whole = await load('whole', built, { marginSeconds: 0, stride: 1 });
    const few = { maxTokens: 4, mayBeEmpty: false };
    const [trial, again, onWhole] = [
      await floats.transcribe(clips[0]!, few, { isTrial: true }),
      await floats.transcribe(clips[0]!, few),
      await whole.transcribe(clips[0]!, few, { isTrial: true }),
    ];
    const [together] = await floats.transcribeTogether([clips[0]!, clips[1]!], [few, few], { isTrial: true });
    await whole.dispose();
    expect(trial.stopReason).toBe('max-tokens');
    expect(again.tokenLogProbs).toEqual(onWhole.tokenLogProbs);
    for (const each of [trial, together!]) expect(each.tokenLogProbs).not.toEqual(onWhole.tokenLogProbs);
  });

  it('hears in floats what numpy hears, to within 0.001', async () => {
    for (const [index, expected] of fromNumpy.entries()) {
      const heard = heardPositions(clips[index]!.length, silence, 1_500);
      const { positions, stemPositions, bias, audioSamples } = heard;
      expect(positions).toHaveLength(expected.positions);
      const audio = new Float32Array(audioSamples);
      audio.set(clips[index]!);
      const results = await encoder.run({
        audio: float32(audio, [1, audio.length]),
        positions: int64([...positions], [positions.length]),
        stem_positions: int64([...stemPositions], [positions.length]),
        bias: float32(bias, [bias.length]),
      });
      const sampled = (name: string) => {
        const data = results[name]!.data as Float32Array;
        return expected.keys.map((_, at) => {
          const place = ((at + 1) * 7_919) % (positions.length * 512);
          const [position, column] = [Math.floor(place / 512), place % 512];
          const size = results[name]!.dims[3]!;
          return data[(Math.floor(column / 64) * positions.length + position) * size + (column % 64)]!;
        });
      };
      for (const [name, numbers] of [
        ['cross_key_0', expected.keys],
        ['cross_value_5', expected.values],
      ] as const) {
        sampled(name).forEach((value, at) => {
          expect(Math.abs(value - numbers[at]!)).toBeLessThan(1e-3);
        });
      }
    }
  });

  it.each([
    ['floats', 1e-3],
    ['bytes', 0.1],
  ] as const)(
    'gives in %s the texts of numpy, the language, and log-probabilities',
    async (form, tolerance) => {
      const model = form === 'floats' ? floats : bytes;
      for (const [index, expected] of fromNumpy.entries()) {
        const decoded = await model.transcribe(clips[index]!, limits);
        expect(model.textOf(decoded.tokens)).toBe(expected.text);
        expect(decoded).toMatchObject({ stopReason: 'end-of-text', language: 'en' });
        expect(decoded.tokenLogProbs).toHaveLength(decoded.tokens.length);
        expect(Math.abs(decoded.tokenLogProbs[0]! - expected.firstLogProb)).toBeLessThan(tolerance);
      }
    },
  );

  it('gives pieces together the texts that they have alone', async () => {
    const alone = [];
    for (const clip of clips) alone.push(await bytes.transcribe(clip, limits, { language: 'en' }));
    const together = await bytes.transcribeTogether(
      clips,
      clips.map(() => limits),
      { language: 'en' },
    );
    expect(together.map(({ tokens }) => tokens)).toEqual(alone.map(({ tokens }) => tokens));
  });

  it('writes the language that it is told, and English when it translates', { timeout: 60_000 }, async () => {
    const spanish = await bytes.transcribe(clips[1]!, limits, { language: 'es' });
    expect(spanish.language).toBe('es');
    expect(bytes.textOf(spanish.tokens)).not.toBe(fromNumpy[1]!.text);
    const translated = await bytes.transcribe(clips[1]!, limits, { language: 'es', task: 'translate' });
    expect(bytes.textOf(translated.tokens)).toMatch(/young man/i);
  });

  it(
    'detects a language with its probability, also if another one is given',
    { timeout: 60_000 },
    async () => {
      const detect = async (instructions: Instructions) =>
        (await bytes.transcribe(clips[1]!, limits, instructions)).detected!;
      const among = await detect({});
      expect(among.language).toBe('en');
      expect(among.probability).toBeGreaterThan(0.9);
      expect(await detect({ language: 'es' })).toEqual(among);
      expect(await detect({ language: 'es', task: 'translate' })).toEqual(among);
    },
  );

  it('chooses only among the languages that it is told', { timeout: 60_000 }, async () => {
    const decoded = await bytes.transcribe(clips[1]!, limits, { languages: ['es', 'ru'] });
    expect(['es', 'ru']).toContain(decoded.language);
    expect(decoded.detected!.language).toBe(decoded.language);
    expect(decoded.detected!.probability).toBeGreaterThan(0.5);
    const together = await bytes.transcribeTogether(
      clips,
      clips.map(() => limits),
      { languages: ['es', 'ru'] },
    );
    expect(together[1]).toMatchObject({ language: decoded.language, tokens: decoded.tokens });
  });

  it(
    'takes the spelling of a prompt, and leaves out a prompt that it only repeats',
    { timeout: 60_000 },
    async () => {
      const text = async (prompt: string) =>
        bytes.textOf((await bytes.transcribe(clips[0]!, limits, { language: 'en', prompt })).tokens);
      expect(await text('Jon Dashwoode and his family.')).toMatch(/Jon Dashwoode/);
      expect(await text('Their mansion had been built long ago. '.repeat(500))).toMatch(/Dashwood had then/);
      expect(await text(' ')).toBe(fromNumpy[0]!.text);
    },
  );

  it('says when a text has more tokens than it may have', { timeout: 60_000 }, async () => {
    const cut = await bytes.transcribe(clips[0]!, { maxTokens: 5, mayBeEmpty: false });
    expect(cut).toMatchObject({ stopReason: 'max-tokens' });
    expect(cut.tokens).toHaveLength(5);
  });

  it('takes the longest audio, and a fraction of a second', async () => {
    for (const length of [480_000, 500_000, 1_600]) {
      const { tokens } = await bytes.transcribe(
        noise(length).map((value) => value * 0.01),
        limits,
      );
      expect(tokens.length).toBeLessThanOrEqual(100);
    }
  });
});
