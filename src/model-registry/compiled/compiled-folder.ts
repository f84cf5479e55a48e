import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findFault } from '../integrity.js';
import type { ModelManifest } from '../model-manifest.js';
import type { CompiledModel, Variant, VoiceActivityVariant } from './compiled-model.js';

// Where compiled graphs lie and what they were made of: all that a running service knows of the compiler.

/** To be raised with every change that makes the compiler write other graphs. */
export const compilerVersion = 6;

/** The folder of a variant within a model's version folder. */
export function compiledFolder(modelFolder: string, variant: CompiledModel['variant']): string {
  return join(modelFolder, 'compiled', variant);
}

/** The variant of a model's graphs: a speech model takes the one asked for, voice activity has one only. */
export function variantFor(manifest: ModelManifest, asked: Variant): Variant | VoiceActivityVariant {
  return manifest.family === 'silero' ? 'float' : asked;
}

/** What lies compiled of a model, or undefined when there is nothing, or something older, or something broken. */
export async function findCompiled(
  manifest: ModelManifest,
  modelFolder: string,
  variant: Variant,
): Promise<CompiledModel | undefined> {
  const chosen = variantFor(manifest, variant);
  const folder = compiledFolder(modelFolder, chosen);
  let compiled: CompiledModel;
  try {
    compiled = JSON.parse(await readFile(join(folder, 'compiled.json'), 'utf8')) as CompiledModel;
  } catch {
    return undefined;
  }
  if (compiled.key !== compiledKey(manifest, chosen)) return undefined;
  for (const file of Object.values(compiled.files)) {
    if ((await findFault(join(folder, file.path), file)) !== undefined) return undefined;
  }
  return compiled;
}

/** The manifest's hashes stand for the source files, which are held to them before they are compiled. */
export function compiledKey(manifest: ModelManifest, variant: CompiledModel['variant']): string {
  const sources = Object.entries(manifest.files)
    .map(([role, { sha256 }]) => `${role}=${sha256}`)
    .sort();
  return createHash('sha256')
    .update(JSON.stringify({ compilerVersion, variant, family: manifest.family, sources }))
    .digest('hex');
}
