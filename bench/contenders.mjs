import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileModel } from '../dist/model-registry/compiled/compile-model.js';
import { compiledFolder, findCompiled } from '../dist/model-registry/compiled/compiled-folder.js';
import { readEnvironment } from '../dist/config/environment.js';
import { graphFiles, isBatchInvariant, variants } from '../dist/model-registry/compiled/compiled-model.js';
import { FolderModelRegistry } from '../dist/model-registry/folder-model-registry.js';
import { findPrepared, prepareGraphs } from '../dist/model-registry/compiled/prepared-graphs.js';
import { root } from '../scripts/setup.mjs';

/** What everything is compared with: the C++ runtime. */
export const reference = 'sherpa-onnx-node';

/** What a service has where nothing else is said. */
const { MODEL_VARIANT: defaultVariant, MAX_BATCH, SEGMENT_SECONDS } = readEnvironment({});
/** Compiled for the bench when it is not there: the one with the cheapest arithmetic. */
const fastestVariant = 'dq';

/**
 * The peers on the files as they are shipped, and Hearken on every variant that is compiled; its default one always.
 * The larger model takes part when its files are there.
 */
export async function findContenders() {
  const registry = await FolderModelRegistry.open(join(root, 'models'));
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
  const registry = await FolderModelRegistry.open(join(root, 'models'));
  const [tiny] = await workerModels(registry, 'moonshine-tiny-en', [defaultVariant]);
  return [peer(reference, './engines/sherpa-onnx.mjs', tiny.workerModel), own(tiny)].map(identified);
}

function peer(name, module, shipped) {
  return {
    name,
    version: versionOf(name),
    model: shipped.id,
    graphs: 'shipped',
    // The peers read nothing of `compiled` but the sizes of the model.
    setup: { module, workerModel: shipped },
    isPeer: true,
  };
}

function own({ variant, workerModel }) {
  return {
    name: variant === defaultVariant ? 'Hearken' : `Hearken, variant ${variant}`,
    model: workerModel.id,
    graphs: `compiled, ${variant}`,
    setup: {
      module: './engines/hearken.mjs',
      workerModel,
      maxBatch: isBatchInvariant(variant) ? MAX_BATCH : 1,
      maxBatchSamples: SEGMENT_SECONDS * 16_000,
    },
    isPeer: false,
  };
}

function identified(contender) {
  return { ...contender, id: `${contender.name} ${contender.model}` };
}

async function compileVariant(registry, id, variant) {
  const manifest = registry.get(id);
  await registry.verify(manifest);
  await compileModel(manifest, registry.folderOf(manifest), variant);
}

async function workerModels(registry, id, wanted) {
  const manifest = registry.get(id);
  await registry.verify(manifest);
  const folder = registry.folderOf(manifest);
  await compileModel(manifest, folder, defaultVariant);
  const found = [];
  for (const variant of [defaultVariant, ...wanted.filter((name) => name !== defaultVariant)]) {
    const compiled = await findCompiled(manifest, folder, variant);
    if (compiled === undefined) continue;
    const own = compiledFolder(folder, variant);
    await prepareGraphs(own, compiled);
    const prepared = await findPrepared(own, compiled);
    const { dimensions } = compiled;
    const workerModel = {
      family: 'moonshine',
      id,
      encoderPath: registry.pathOf(manifest, 'encoder'),
      decoderPath: registry.pathOf(manifest, 'decoder'),
      compiled: {
        encoderPath: join(own, graphFiles.encoder),
        decodeLoopPath: join(own, graphFiles.decodeLoop),
        dimensions,
      },
      ...(prepared && {
        prepared: {
          encoderPath: prepared.get('encoder'),
          decodeLoopPath: prepared.get('decodeLoop'),
          dimensions,
        },
      }),
    };
    found.push({ variant, workerModel });
  }
  return found;
}

function versionOf(name) {
  const folder = name === 'onnxruntime-node' ? root : join(root, 'bench');
  return JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version;
}
