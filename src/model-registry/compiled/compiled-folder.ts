import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FamilyCompiler } from '../../families/family.js';
import { findFault } from '../integrity.js';
import type { ModelManifest } from '../model-manifest.js';
import type { CompiledModel } from './compiled-model.js';

/** A model, its folder models/<id>/<version> and the compiler of its family. */
export interface CompilableModel {
  readonly manifest: ModelManifest;
  readonly folder: string;
  readonly compiler: FamilyCompiler;
}

/** The folder of a variant within a model's version folder. */
export function compiledFolder(modelFolder: string, variant: string): string {
  return join(modelFolder, 'compiled', variant);
}

/** The compiled graphs of a model; undefined where they are missing, older, or broken. */
export async function findCompiled(
  model: CompilableModel,
  variant: string,
): Promise<CompiledModel | undefined> {
  const folder = compiledFolder(model.folder, variant);
  let compiled: CompiledModel;
  try {
    compiled = JSON.parse(await readFile(join(folder, 'compiled.json'), 'utf8')) as CompiledModel;
  } catch {
    return undefined;
  }
  if (compiled.key !== compiledKey(model, variant)) return undefined;
  for (const file of Object.values(compiled.files)) {
    if ((await findFault(join(folder, file.path), file)) !== undefined) return undefined;
  }
  return compiled;
}

/** The manifest's hashes stand for the source files, which are verified before they are compiled. */
export function compiledKey({ manifest, compiler }: CompilableModel, variant: string): string {
  const sources = Object.entries(manifest.files)
    .map(([role, { sha256 }]) => `${role}=${sha256}`)
    .sort();
  const { version: compilerVersion } = compiler;
  const { family } = manifest;
  return createHash('sha256')
    .update(JSON.stringify({ format: 2, compilerVersion, variant, family, sources }))
    .digest('hex');
}
