// @module-tag slow
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { float32, hasModelFile, noise } from '../../../test/support/graphs.js';
import type { FamilyCompiler } from '../../families/family.js';
import type { CompiledModel } from './compiled-model.js';
import { createSession } from '../../onnx-graphs/inference-session.js';
import { findPrepared, prepareGraphs, preparedFolder } from './prepared-graphs.js';

const compiler: FamilyCompiler = {
  version: 1,
  graphFiles: { encoder: 'encoder.onnx' },
  preparedRoles: ['encoder'],
  variantFor: (asked) => asked,
  build: () => Promise.reject(new Error('is not built here')),
};

const encoder = 'moonshine-tiny-en/1/compiled/rq/encoder.onnx';

describe.skipIf(!hasModelFile(encoder))(`prepareGraphs (needs models/${encoder})`, () => {
  let folder: string;
  const compiled = (key: string): CompiledModel => ({
    format: 2,
    key,
    compilerVersion: 1,
    modelId: 'any',
    modelVersion: 1,
    variant: 'rq',
    // Its hash is not checked here: prepared files have hashes of their own.
    files: { encoder: { path: 'encoder.onnx', bytes: 0, sha256: '' } },
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'prepare-'));
    await cp(`models/${encoder}`, join(folder, 'encoder.onnx'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('writes a graph that computes the very same numbers', async () => {
    expect(await prepareGraphs(folder, compiled('a'), compiler)).toBe(true);
    const path = (await findPrepared(folder, compiled('a'), compiler))?.encoder ?? '';
    expect(path).toMatch(/\.ort$/);
    const audio = float32(noise(16_000), [1, 16_000]);
    const results = await (await createSession(path)).run({ audio });
    const expected = await (await createSession(join(folder, 'encoder.onnx'))).run({ audio });
    for (const [name, tensor] of Object.entries(expected)) expect(results[name]?.data).toEqual(tensor.data);
  });

  it('leaves what is there as it is, and nothing beside it', async () => {
    await prepareGraphs(folder, compiled('a'), compiler);
    expect(await prepareGraphs(folder, compiled('a'), compiler)).toBe(false);
    expect(await readdir(join(folder, 'prepared'))).toHaveLength(1);
    expect((await readdir(preparedFolder(folder))).sort()).toEqual(['encoder.ort', 'prepared.json']);
  });

  it('ignores files that were prepared from other graphs', async () => {
    await prepareGraphs(folder, compiled('a'), compiler);
    expect(await findPrepared(folder, compiled('b'), compiler)).toBeUndefined();
    expect(await prepareGraphs(folder, compiled('b'), compiler)).toBe(true);
    expect(await findPrepared(folder, compiled('b'), compiler)).toBeDefined();
  });

  it('ignores files that are broken', async () => {
    await prepareGraphs(folder, compiled('a'), compiler);
    const path = join(preparedFolder(folder), 'encoder.ort');
    const bytes = await readFile(path);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(path, bytes);
    expect(await findPrepared(folder, compiled('a'), compiler)).toBeUndefined();
    await writeFile(join(preparedFolder(folder), 'prepared.json'), '{');
    expect(await prepareGraphs(folder, compiled('a'), compiler)).toBe(true);
    expect(await findPrepared(folder, compiled('a'), compiler)).toBeDefined();
  });

  it('has nothing to do for a model without such graphs', async () => {
    const small = { ...compiler, preparedRoles: [] };
    expect(await prepareGraphs(folder, compiled('a'), small)).toBe(false);
    expect(await readdir(folder)).toEqual(['encoder.onnx']);
  });
});
