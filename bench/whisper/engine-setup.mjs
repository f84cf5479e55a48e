import { join } from 'node:path';
import { readEnvironment } from '../../dist/config/environment.js';
import { Families } from '../../dist/families/families.js';
import { workerModelOf } from '../../dist/inference/model-artefacts.js';
import { compileModel } from '../../dist/model-registry/compiled/compile-model.js';
import { prepareGraphs } from '../../dist/model-registry/compiled/prepared-graphs.js';
import { FolderModelRegistry } from '../../dist/model-registry/folder-model-registry.js';
import { root } from '../../scripts/setup.mjs';

/** What side-by-side/engines/hearken.mjs needs for a model on its default graphs, which are compiled if they are not there. */
export async function engineSetupOf(modelId) {
  const { MODEL_VARIANT: variant } = readEnvironment({});
  const registry = await FolderModelRegistry.open(join(root, 'models'), await Families.load());
  const manifest = registry.get(modelId);
  await registry.verify(manifest);
  const { compiler } = registry.families.get(manifest.family);
  const model = { manifest, folder: registry.folderOf(manifest), compiler };
  const { folder, compiled } = await compileModel(model, variant);
  await prepareGraphs(folder, compiled, compiler);
  const workerModel = await workerModelOf(registry, manifest, variant);
  return { module: './engines/hearken.mjs', workerModel, instructions: { language: 'en' } };
}
