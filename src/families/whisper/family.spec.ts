import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  randomWhisper,
  smallTokens,
  writeCTranslate2,
  writeTokens,
} from '../../../test/support/whisper-files.js';
import { whisper } from './family.js';
import { knownLanguages, mostProbableLanguage } from './languages.js';

const facts = (...languages: string[]) => ({ id: 'a', version: 1, languages, maxAudioSeconds: 30 });

describe('the family of Whisper', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'whisper-'));
    await writeCTranslate2(folder, randomWhisper(1));
    await writeTokens(folder, 'ctranslate2');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('reads the languages of a model from its files, as BCP 47 has them', async () => {
    const names = whisper.exports![0]!;
    const files = {
      has: (role: string) => role in names,
      path: (role: string) => join(folder, names[role]!),
    };
    expect(await whisper.languagesOf!(files)).toEqual(['en', 'es', 'jv']);
    await expect(
      whisper.languagesOf!({ ...files, path: () => join(folder, 'config.json') }),
    ).rejects.toMatchObject({ code: 'MODEL_INTEGRITY' });
  });

  it('translates unless it knows English only', () => {
    expect(whisper.capabilities(facts('en'), 'rq').tasks).toEqual(['transcribe']);
    expect(whisper.capabilities(facts('es'), 'rq').tasks).toEqual(['transcribe', 'translate']);
    expect(whisper.capabilities(facts('en', 'pt-BR'), 'rq').tasks).toContain('translate');
  });

  it('cuts speech so that silence is left in the window of 30 s', () => {
    const { segmentSeconds } = whisper.capabilities(facts('en'), 'rq');
    for (const seconds of Object.values(segmentSeconds)) expect(1.25 * seconds).toBeLessThanOrEqual(28);
  });

  it('decodes pieces together only if each gets the text that it has alone', () => {
    expect(whisper.capabilities(facts('en'), 'rq').maxBatch).toBeGreaterThan(1);
    expect(whisper.capabilities(facts('en'), 'f32-rq').maxBatch).toBeGreaterThan(1);
    expect(whisper.capabilities(facts('en'), 'dq').maxBatch).toBe(1);
  });

  it('says that it runs only compiled', async () => {
    await expect(whisper.load({ facts: facts('en'), files: {} })).rejects.toThrow('runs only compiled');
  });
});

describe('knownLanguages', () => {
  it('finds the tokens of tags, also of those with a region', () => {
    expect(knownLanguages(smallTokens, ['es-MX', 'jv'])).toEqual([
      { tag: 'es-MX', token: 23 },
      { tag: 'jv', token: 24 },
    ]);
  });

  it('finds none in a model of English only', () => {
    expect(knownLanguages({ ...smallTokens, languages: {} }, ['en'])).toEqual([]);
  });

  it('refuses a language that the model has no token for', () => {
    expect(() => knownLanguages(smallTokens, ['en', 'de'])).toThrow(
      'the model has no language de; it has: en, es, jv',
    );
  });
});

describe('mostProbableLanguage', () => {
  const [en, es, jv] = knownLanguages(smallTokens, ['en', 'es', 'jv']);
  /** After the end of text (20) and the start of transcript: en, es, jv. */
  const probabilities = Float32Array.of(0, 0, 0.1, 0.3, 0.4);

  it('finds the most probable one, and its share of those that are allowed', () => {
    const all = mostProbableLanguage([en!, es!, jv!], probabilities, 20);
    expect(all).toMatchObject({ language: 'jv' });
    expect(all!.probability).toBeCloseTo(0.5, 6);
    const two = mostProbableLanguage([en!, es!], probabilities, 20);
    expect(two).toMatchObject({ language: 'es' });
    expect(two!.probability).toBeCloseTo(0.75, 6);
  });

  it('is certain of the only one that is allowed, however improbable', () => {
    expect(mostProbableLanguage([en!], new Float32Array(5), 20)).toEqual({ language: 'en', probability: 1 });
  });

  it('finds none where there is none', () => {
    expect(mostProbableLanguage([], probabilities, 20)).toBeUndefined();
  });
});
