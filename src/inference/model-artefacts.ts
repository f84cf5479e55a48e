import { compiledFolder, findCompiled } from '../model-registry/compiled/compiled-folder.js';
import { findPrepared, pathsOf } from '../model-registry/compiled/prepared-graphs.js';
import type { ModelManifest } from '../model-registry/model-manifest.js';
import type { ModelRegistry } from '../model-registry/model-registry.js';
import type { WorkerModel } from './worker-protocol.js';

/**
 * Verifies a model, and lists what a process loads: its files, and its compiled and prepared graphs where they are complete.
 * @param asked the variant that MODEL_VARIANT names
 * @throws SpeechError MODEL_INTEGRITY
 */
export async function workerModelOf(
  registry: ModelRegistry,
  manifest: ModelManifest,
  asked: string,
): Promise<WorkerModel> {
  await registry.verify(manifest);
  const family = registry.families.get(manifest.family);
  const { compiler } = family;
  const { id, version, languages, maxAudioSeconds, options: chosen } = manifest;
  const facts = { id, version, languages, maxAudioSeconds, ...(chosen !== undefined && { options: chosen }) };
  const roles = Object.keys(manifest.files);
  const model: WorkerModel = {
    facts,
    family: manifest.family,
    familyModule: registry.families.moduleOf(manifest.family),
    capabilities:
      family.kind === 'speech' ? family.capabilities(facts, variantOf(registry, manifest, asked)) : undefined,
    files: Object.fromEntries(roles.map((role) => [role, registry.pathOf(manifest, role)])),
    best: compiler === undefined ? 'shipped' : compiler.preparedRoles.length > 0 ? 'prepared' : 'compiled',
  };
  if (compiler === undefined) return model;
  const variant = compiler.variantFor(asked);
  const modelFolder = registry.folderOf(manifest);
  const compiled = await findCompiled({ manifest, folder: modelFolder, compiler }, variant);
  if (compiled === undefined) return model;
  const folder = compiledFolder(modelFolder, variant);
  const { options } = compiled;
  const prepared = await findPrepared(folder, compiled, compiler);
  return {
    ...model,
    compiled: { paths: pathsOf(folder, compiled), options },
    ...(prepared !== undefined && { prepared: { paths: prepared, options } }),
  };
}

/** The variant of a model's graphs, as it is reported to operators. */
export function variantOf(registry: ModelRegistry, { family }: ModelManifest, asked: string): string {
  return registry.families.get(family).compiler?.variantFor(asked) ?? 'shipped';
}
