import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { capabilitiesOf } from '../families/moonshine/capabilities.js';
import { LoadedModels } from './loaded-models.js';
import type { WorkerModel } from './worker-protocol.js';

/** A family that keeps the calls of its models. */
const familySource = `
  export const calls = [];
  const tokens = { tokens: [], tokenLogProbs: [], stopReason: 'end-of-text' };
  export default {
    name: 'recorded',
    kind: 'speech',
    roles: [],
    capabilities: () => { throw new Error('not asked in an inference process'); },
    async load({ facts: { id } }) {
      if (id === 'broken') throw new Error('no graph');
      return {
        async transcribe(samples) { calls.push(id + ' transcribes ' + samples.length); return tokens; },
        async transcribeTogether(pieces) { calls.push(id + ' transcribes ' + pieces.length + ' pieces'); return pieces.map(() => tokens); },
        textOf: () => '',
        bytesOf: () => new Uint8Array(),
        async dispose() { calls.push(id + ' is disposed of'); },
      };
    },
  };
`;

describe('LoadedModels', () => {
  let folder: string;
  let familyModule: string;
  let calls: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'models-'));
    const file = join(folder, 'recorded.mjs');
    await writeFile(file, familySource);
    familyModule = pathToFileURL(file).href;
    ({ calls } = (await import(/* @vite-ignore */ familyModule)) as { calls: string[] });
  });
  beforeEach(() => void (calls.length = 0));
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  const modelOf = (id: string, maxBatch = 1): WorkerModel => {
    const facts = { id, version: 1, languages: ['en'], maxAudioSeconds: 30 };
    return {
      facts,
      family: 'recorded',
      familyModule,
      capabilities: { ...capabilitiesOf(facts, 'rq'), maxBatch },
      best: 'shipped',
      files: {},
    };
  };

  it('loads models and warms them: alone, and together where they are batched', async () => {
    const models = new LoadedModels();
    expect(await models.load([modelOf('a'), modelOf('b', 4)])).toEqual([
      { model: 'a', shipped: true },
      { model: 'b', shipped: true },
    ]);
    expect(calls).toEqual(['a transcribes 16000', 'b transcribes 16000', 'b transcribes 2 pieces']);
    expect(models.speech('b').capabilities.maxBatch).toBe(4);
  });

  it('fails when one of the models cannot be loaded', async () => {
    await expect(new LoadedModels().load([modelOf('a'), modelOf('broken')])).rejects.toThrow('no graph');
  });

  it('has no other models than those that were loaded', async () => {
    const models = new LoadedModels();
    await models.load([modelOf('a')]);
    expect(() => models.speech('b')).toThrow('b is not a loaded speech model.');
    expect(() => models.voiceActivity()).toThrow('No voice activity model is loaded.');
  });

  it('disposes of all its models', async () => {
    const models = new LoadedModels();
    await models.load([modelOf('a'), modelOf('b')]);
    await models.dispose();
    expect(calls.slice(2)).toEqual(['a is disposed of', 'b is disposed of']);
  });
});
