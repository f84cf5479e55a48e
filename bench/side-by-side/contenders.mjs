import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileModel } from '../../dist/model-registry/compiled/compile-model.js';
import { findCompiled } from '../../dist/model-registry/compiled/compiled-folder.js';
import { readEnvironment } from '../../dist/config/environment.js';
import { Families } from '../../dist/families/families.js';
import { variants } from '../../dist/families/moonshine/graphs/variants.js';
import { workerModelOf } from '../../dist/inference/model-artefacts.js';
import { FolderModelRegistry } from '../../dist/model-registry/folder-model-registry.js';
import { prepareGraphs } from '../../dist/model-registry/compiled/prepared-graphs.js';
import { root } from '../../scripts/setup.mjs';

/** The reference of all comparisons: the C++ runtime. */
export const reference = 'sherpa-onnx-node';

/** The defaults of the service. */
const { MODEL_VARIANT: defaultVariant } = readEnvironment({});
/** Compiled for the bench when it is not there: the one with the cheapest arithmetic. */
const fastestVariant = 'dq';

/**
 * The peers on the files as they are shipped, and Hearken on every variant that is compiled; its default one always.
 * The larger model takes part when its files are there.
 */
export async function findContenders() {
  const registry = await FolderModelRegistry.open(join(root, 'models'), await Families.load());
  await compileVariant(registry, 'moonshine-tiny-en', fastestVariant);
  const tiny = await workerModels(registry, 'moonshine-tiny-en', variants);
  const base = await workerModels(registry, 'moonshine-base-en', [defaultVariant]).catch(() => []);
  const shipped = tiny[0].workerModel;
  return [
    peer(reference, './engines/sherpa-onnx.mjs', shipped),
    peer('@huggingface/transformers', './engines/transformers.mjs', shipped),
    {
      ...peer('onnxruntime-node', './engines/hearken.mjs', shipped),
      setup: {
        module: './engines/hearken.mjs',
        workerModel: { ...shipped, compiled: undefined, prepared: undefined },
      },
    },
    ...[...tiny, ...base].map(own),
  ].map(identified);
}

/** The reference, and Hearken as it is served. */
export async function findPair() {
  const registry = await FolderModelRegistry.open(join(root, 'models'), await Families.load());
  const [tiny] = await workerModels(registry, 'moonshine-tiny-en', [defaultVariant]);
  return [peer(reference, './engines/sherpa-onnx.mjs', tiny.workerModel), own(tiny)].map(identified);
}

function peer(name, module, shipped) {
  return {
    name,
    version: versionOf(name),
    model: shipped.facts.id,
    graphs: 'shipped',
    // The peers read nothing of `compiled` but the sizes of the model.
    setup: { module, workerModel: shipped },
    isPeer: true,
  };
}

function own({ variant, workerModel }) {
  return {
    name: variant === defaultVariant ? 'Hearken' : `Hearken, variant ${variant}`,
    model: workerModel.facts.id,
    graphs: `compiled, ${variant}`,
    setup: {
      module: './engines/hearken.mjs',
      workerModel,
      maxBatch: workerModel.capabilities.maxBatch,
      maxBatchSamples: workerModel.capabilities.segmentSeconds.recording * 16_000,
    },
    isPeer: false,
  };
}

function identified(contender) {
  return { ...contender, id: `${contender.name} ${contender.model}` };
}

/** @typedef {import('../../dist/model-registry/folder-model-registry.js').FolderModelRegistry} Registry */

/** @param {Registry} registry */
async function compileVariant(registry, id, variant) {
  const manifest = registry.get(id);
  await registry.verify(manifest);
  const { compiler } = registry.families.get(manifest.family);
  return compileModel({ manifest, folder: registry.folderOf(manifest), compiler }, variant);
}

/** @param {Registry} registry @param {string} id @param {readonly (typeof variants)[number][]} wanted */
async function workerModels(registry, id, wanted) {
  const manifest = registry.get(id);
  const { compiler } = registry.families.get(manifest.family);
  const model = { manifest, folder: registry.folderOf(manifest), compiler };
  await compileVariant(registry, id, defaultVariant);
  const found = [];
  for (const variant of [defaultVariant, ...wanted.filter((name) => name !== defaultVariant)]) {
    if ((await findCompiled(model, variant)) === undefined) continue;
    const { folder, compiled } = await compileModel(model, variant);
    await prepareGraphs(folder, compiled, compiler);
    found.push({ variant, workerModel: await workerModelOf(registry, manifest, variant) });
  }
  return found;
}

function versionOf(name) {
  const folder = name === 'onnxruntime-node' ? root : join(root, 'bench');
  return JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version;
}
