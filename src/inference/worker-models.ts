import { join } from 'node:path';
import { compiledFolder, findCompiled, variantFor } from '../model-registry/compiled/compiled-folder.js';
import { graphFiles } from '../model-registry/compiled/compiled-model.js';
import type { GraphRole, Variant } from '../model-registry/compiled/compiled-model.js';
import type { ModelManifest } from '../model-registry/model-manifest.js';
import type { ModelRegistry } from '../model-registry/model-registry.js';
import { findPrepared } from '../model-registry/compiled/prepared-graphs.js';
import type { WorkerModel } from './worker-protocol.js';

/**
 * What a process is told to load: the shipped graphs of a model, and the compiled and prepared ones where they
 * are there and whole.
 * @throws SpeechError MODEL_INTEGRITY
 */
export async function workerModelOf(
  registry: ModelRegistry,
  manifest: ModelManifest,
  variant: Variant,
): Promise<WorkerModel> {
  await registry.verify(manifest);
  const compiled = await findCompiled(manifest, registry.folderOf(manifest), variant);
  const folder = compiledFolder(registry.folderOf(manifest), variantFor(manifest, variant));
  const prepared = compiled === undefined ? undefined : await findPrepared(folder, compiled);
  const pathOf = (role: GraphRole): string => join(folder, graphFiles[role]);
  const dimensions = compiled?.dimensions;
  switch (manifest.family) {
    case 'moonshine':
      return {
        family: 'moonshine',
        id: manifest.id,
        encoderPath: registry.pathOf(manifest, 'encoder'),
        decoderPath: registry.pathOf(manifest, 'decoder'),
        ...(dimensions !== undefined && {
          compiled: { encoderPath: pathOf('encoder'), decodeLoopPath: pathOf('decodeLoop'), dimensions },
        }),
        ...(dimensions !== undefined &&
          prepared !== undefined && {
            prepared: {
              encoderPath: prepared.get('encoder')!,
              decodeLoopPath: prepared.get('decodeLoop')!,
              dimensions,
            },
          }),
      };
    case 'silero':
      return {
        family: 'silero',
        id: manifest.id,
        modelPath: registry.pathOf(manifest, 'model'),
        ...(compiled === undefined ? {} : { compiled: { modelPath: pathOf('voiceActivity') } }),
      };
  }
}
