import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Families } from '../families/families.js';
import { compiledKey } from '../model-registry/compiled/compiled-folder.js';
import type { CompiledModel } from '../model-registry/compiled/compiled-model.js';
import { preparedFolder } from '../model-registry/compiled/prepared-graphs.js';
import { FolderModelRegistry } from '../model-registry/folder-model-registry.js';
import type { ModelRegistry } from '../model-registry/model-registry.js';
import type { WorkerModel } from './worker-protocol.js';
import { variantOf, workerModelOf } from './model-artefacts.js';

const asked = 'rq';
const weights = Buffer.from('weights');
const described = (path: string) => ({
  path,
  bytes: weights.length,
  sha256: createHash('sha256').update(weights).digest('hex'),
});

const families = await Families.load();

describe('workerModelOf', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'artefacts-'));
    await putModel('speech', 'moonshine', ['encoder', 'decoder']);
    await putModel('voice-activity', 'silero', ['model']);
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function put(path: string, bytes: string | Buffer): Promise<void> {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }

  /** A model whose id is its kind. */
  async function putModel(
    kind: string,
    family: string,
    roles: readonly string[],
    options?: object,
  ): Promise<void> {
    const files = Object.fromEntries(roles.map((role) => [role, described(`${role}.onnx`)]));
    const manifest = {
      id: kind,
      version: 2,
      kind,
      family,
      languages: kind === 'speech' ? ['en'] : [],
      sampleRate: 16_000,
      maxAudioSeconds: 30,
      source: { package: '@scope/some-model', version: '1.2.3', folder: 'dist/model' },
      files,
      license: 'MIT',
      description: 'For tests.',
      options,
    };
    await put(`${kind}/model.json`, JSON.stringify(manifest));
    for (const role of roles) await put(`${kind}/2/${role}.onnx`, weights);
  }

  const open = (): Promise<ModelRegistry> => FolderModelRegistry.open(folder, families);

  async function find(id: string): Promise<WorkerModel> {
    const registry = await open();
    return workerModelOf(registry, registry.get(id), asked);
  }

  /** @returns the folder of the compiled graphs, and what compiled.json says */
  async function compile(id: string, graphs: readonly string[]): Promise<[string, CompiledModel]> {
    const registry = await open();
    const manifest = registry.get(id);
    const compiler = families.get(manifest.family).compiler!;
    const variant = compiler.variantFor(asked);
    const compiled: CompiledModel = {
      format: 2,
      key: compiledKey({ manifest, folder: registry.folderOf(manifest), compiler }, variant),
      compilerVersion: compiler.version,
      modelId: id,
      modelVersion: 2,
      variant,
      files: Object.fromEntries(graphs.map((role) => [role, described(`${role}.onnx`)])),
      options: { layers: 6 },
    };
    const path = `${id}/2/compiled/${variant}`;
    await put(`${path}/compiled.json`, JSON.stringify(compiled));
    for (const role of graphs) await put(`${path}/${role}.onnx`, weights);
    return [path, compiled];
  }

  const speechGraphs = Object.keys(families.get('moonshine').compiler!.graphFiles);
  const preparedRoles = families.get('moonshine').compiler!.preparedRoles;

  async function prepare(path: string, { key }: CompiledModel): Promise<void> {
    const prepared = preparedFolder(path);
    const files = Object.fromEntries(preparedRoles.map((role) => [role, described(`${role}.ort`)]));
    await put(`${prepared}/prepared.json`, JSON.stringify({ key, files }));
    for (const role of preparedRoles) await put(`${prepared}/${role}.ort`, weights);
  }

  it('passes the options of a manifest on', async () => {
    await putModel('speech', 'whisper', ['weights', 'config', 'tokenizer'], {
      silence: { marginSeconds: 1, stride: 4 },
    });
    const { facts } = await find('speech');
    expect(facts).toMatchObject({ options: { silence: { marginSeconds: 1, stride: 4 } } });
  });

  it('lists the files of a model by role, its facts and its capabilities', async () => {
    const model = await find('speech');
    expect(model).toMatchObject({
      facts: { id: 'speech', version: 2, languages: ['en'], maxAudioSeconds: 30 },
      family: 'moonshine',
      familyModule: undefined,
      best: 'prepared',
      capabilities: { languages: ['en'] },
    });
    expect(model.files['encoder']).toBe(join(folder, 'speech', '2', 'encoder.onnx'));
    expect([model.compiled, model.prepared]).toEqual([undefined, undefined]);
  });

  it('has no capabilities for a model that is not a speech model', async () => {
    expect((await find('voice-activity')).capabilities).toBeUndefined();
  });

  it('finds compiled graphs, with the facts that were written for them', async () => {
    const [path] = await compile('speech', speechGraphs);
    const { compiled, prepared } = await find('speech');
    expect(compiled?.options).toEqual({ layers: 6 });
    expect(compiled?.paths).toEqual(
      Object.fromEntries(speechGraphs.map((role) => [role, join(folder, path, `${role}.onnx`)])),
    );
    expect(prepared).toBeUndefined();
  });

  it('finds graphs that are prepared for this machine, beside the compiled ones', async () => {
    const [path, compiled] = await compile('speech', speechGraphs);
    await prepare(path, compiled);
    const model = await find('speech');
    expect(model.compiled).toBeDefined();
    for (const role of preparedRoles) expect(model.prepared?.paths[role]).toMatch(/\.ort$/);
    expect(model.prepared?.options).toEqual({ layers: 6 });
  });

  it('passes over prepared graphs that are broken', async () => {
    const [path, compiled] = await compile('speech', speechGraphs);
    await prepare(path, compiled);
    await put(`${preparedFolder(path)}/${preparedRoles[0]}.ort`, 'broken');
    const model = await find('speech');
    expect(model.compiled).toBeDefined();
    expect(model.prepared).toBeUndefined();
  });

  it('passes over compiled graphs that are broken', async () => {
    const [path, compiled] = await compile('speech', speechGraphs);
    await prepare(path, compiled);
    await put(`${path}/${speechGraphs[0]}.onnx`, 'broken');
    const { compiled: found, prepared } = await find('speech');
    expect([found, prepared]).toEqual([undefined, undefined]);
  });

  it('refuses a model whose own files are broken, whatever was compiled of them', async () => {
    await compile('speech', speechGraphs);
    await put('speech/2/encoder.onnx', 'broken');
    await expect(find('speech')).rejects.toMatchObject({ code: 'MODEL_INTEGRITY' });
  });

  it('names the variant of each model that is asked for', async () => {
    const registry = await open();
    expect(variantOf(registry, registry.get('speech'), asked)).toBe(asked);
    expect(variantOf(registry, registry.get('voice-activity'), asked)).toBe('float');
  });
});
