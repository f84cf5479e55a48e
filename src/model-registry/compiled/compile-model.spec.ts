import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasModelFile, openGraph } from '../../../test/support/graphs.js';
import { silero } from '../../families/silero/family.js';
import type { CompilableModel } from './compiled-folder.js';
import type { ModelManifest } from '../model-manifest.js';
import { compileModel } from './compile-model.js';
import { findCompiled } from './compiled-folder.js';

const file = 'silero-vad/6/silero_vad_v6.onnx';

describe.skipIf(!hasModelFile(file))(`compileModel (needs models/${file})`, () => {
  let folder: string;
  let model: CompilableModel;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'compile-'));
    await cp(`models/${file}`, join(folder, 'silero_vad_v6.onnx'));
    const manifest = JSON.parse(await readFile('models/silero-vad/model.json', 'utf8')) as ModelManifest;
    model = { manifest, folder, compiler: silero.compiler! };
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('writes graphs that run, and says what they are made of', async () => {
    const result = await compileModel(model, 'rq');
    expect(result.wasUpToDate).toBe(false);
    expect(result.compiled).toMatchObject({ modelId: 'silero-vad', modelVersion: 6, variant: 'float' });
    expect((await readdir(result.folder)).sort()).toEqual(['compiled.json', 'voice-activity.onnx']);
    const graph = await openGraph(await readFile(join(result.folder, 'voice-activity.onnx')));
    expect(graph.inputNames).toEqual(['windows', 'hidden', 'cell']);
    expect(graph.outputNames).toEqual(['probabilities', 'next_hidden', 'next_cell']);
  });

  it('writes the same bytes each time: the same weights give the same graph', async () => {
    const { folder: first } = await compileModel(model, 'rq');
    const bytes = await readFile(join(first, 'voice-activity.onnx'));
    await rm(first, { recursive: true });
    const { folder: second, wasUpToDate } = await compileModel(model, 'rq');
    expect(wasUpToDate).toBe(false);
    expect((await readFile(join(second, 'voice-activity.onnx'))).equals(bytes)).toBe(true);
  });

  it('leaves what is up to date as it is', async () => {
    const { compiled } = await compileModel(model, 'rq');
    expect(await compileModel(model, 'rq')).toMatchObject({ wasUpToDate: true, compiled });
  });

  it('compiles again when the source is another one', async () => {
    const { folder: compiled } = await compileModel(model, 'rq');
    const path = join(compiled, 'compiled.json');
    const written = await readFile(path, 'utf8');
    await writeFile(path, written.replace(/"key": "./, '"key": "x'));
    expect(await findCompiled(model, 'float')).toBeUndefined();
    expect((await compileModel(model, 'rq')).wasUpToDate).toBe(false);
    expect(await readFile(path, 'utf8')).toBe(written);
  });

  it('compiles again when a graph is broken, or its description', async () => {
    const { folder: compiled } = await compileModel(model, 'rq');
    for (const name of ['voice-activity.onnx', 'compiled.json']) {
      await writeFile(join(compiled, name), 'half a fi');
      expect(await findCompiled(model, 'float')).toBeUndefined();
      expect((await compileModel(model, 'rq')).wasUpToDate).toBe(false);
      expect(await findCompiled(model, 'float')).toBeDefined();
    }
  });

  it('takes away what an older compiler wrote and nobody loads', async () => {
    const { folder: compiled } = await compileModel(model, 'rq');
    await writeFile(join(compiled, 'decoder-step.onnx'), 'many megabytes');
    await rm(join(compiled, 'compiled.json'));
    await compileModel(model, 'rq');
    expect((await readdir(compiled)).sort()).toEqual(['compiled.json', 'voice-activity.onnx']);
  });

  it('gives every one of several compilations at once a whole result', async () => {
    const results = await Promise.all([1, 2, 3].map(() => compileModel(model, 'rq')));
    expect(new Set(results.map(({ compiled }) => JSON.stringify(compiled))).size).toBe(1);
    expect(await findCompiled(model, 'float')).toEqual(results[0]?.compiled);
    expect(await readdir(results[0]?.folder ?? '')).toHaveLength(2);
  });

  it('refuses a source that is not the one of the manifest', async () => {
    await writeFile(join(folder, 'silero_vad_v6.onnx'), 'something else');
    await expect(compileModel(model, 'rq')).rejects.toMatchObject({ code: 'MODEL_INTEGRITY' });
    await expect(readdir(join(folder, 'compiled'))).rejects.toThrow('ENOENT');
  });

  it('says when the folder cannot be written', async () => {
    await mkdir(join(folder, 'compiled'));
    await writeFile(join(folder, 'compiled', 'float'), 'a file where the folder should be');
    await expect(compileModel(model, 'rq')).rejects.toThrow(/EEXIST|ENOTDIR/);
  });
});
