import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SpeechError } from '../../common/errors/speech-error.js';
import type { SourceFiles } from '../../families/family.js';
import { SourceGraph } from '../../onnx-graphs/source-graph.js';
import { findFault } from '../integrity.js';
import type { ModelManifest } from '../model-manifest.js';

/**
 * The files of a model for its compiler.
 * @param modelFolder models/<id>/<version>
 * @throws SpeechError MODEL_INTEGRITY when a file is not the manifest's
 */
export async function verifiedSources(manifest: ModelManifest, modelFolder: string): Promise<SourceFiles> {
  for (const file of Object.values(manifest.files)) {
    const path = join(modelFolder, file.path);
    const fault = await findFault(path, file);
    if (fault !== undefined) throw new SpeechError('MODEL_INTEGRITY', `The model file ${path} ${fault}.`);
  }
  const fileOf = (role: string): string => {
    const file = manifest.files[role];
    if (file !== undefined) return file.path;
    throw new SpeechError('MODEL_INTEGRITY', `The manifest of ${manifest.id} names no file as ${role}.`);
  };
  return {
    has: (role) => role in manifest.files,
    path: (role) => join(modelFolder, fileOf(role)),
    graph: async (role) =>
      new SourceGraph(await readFile(join(modelFolder, fileOf(role))), `${manifest.id}/${fileOf(role)}`),
  };
}
