import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SpeechError } from '../common/errors/speech-error.js';
import { findFault } from './integrity.js';
import { readManifest } from './model-manifest-reader.js';
import type { ModelManifest } from './model-manifest.js';
import { ModelRegistry } from './model-registry.js';

/** The models of a folder: <folder>/<id>/model.json beside <folder>/<id>/<version>/<files>. */
export class FolderModelRegistry extends ModelRegistry {
  private constructor(
    private readonly folder: string,
    private readonly manifests: ReadonlyMap<string, ModelManifest>,
  ) {
    super();
  }

  /** Reads all manifests. @throws SpeechError MODEL_INTEGRITY when the folder or one of them cannot be read */
  static async open(folder: string): Promise<FolderModelRegistry> {
    const ids = await foldersWithManifest(folder);
    const manifests = await Promise.all(ids.map((id) => readManifest(manifestPath(folder, id), id)));
    return new FolderModelRegistry(folder, new Map(manifests.map((manifest) => [manifest.id, manifest])));
  }

  override get(id: string): ModelManifest {
    const manifest = this.manifests.get(id);
    if (manifest === undefined) {
      const known = [...this.manifests.keys()].join(', ') || 'none';
      throw new SpeechError('MODEL_NOT_FOUND', `There is no model named ${id}; known are: ${known}.`);
    }
    return manifest;
  }

  override list(): readonly ModelManifest[] {
    return [...this.manifests.values()];
  }

  override folderOf(manifest: ModelManifest): string {
    return join(this.folder, manifest.id, String(manifest.version));
  }

  override pathOf(manifest: ModelManifest, role: string): string {
    const file = manifest.files[role];
    if (file === undefined) {
      throw new SpeechError(
        'MODEL_INTEGRITY',
        `The manifest of ${manifest.id} has no file for the role ${role}.`,
      );
    }
    return join(this.folderOf(manifest), file.path);
  }

  override async verify(manifest: ModelManifest): Promise<void> {
    for (const role of Object.keys(manifest.files)) await this.verifyFile(manifest, role);
  }

  private async verifyFile(manifest: ModelManifest, role: string): Promise<void> {
    const path = this.pathOf(manifest, role);
    const file = manifest.files[role];
    const fault = file === undefined ? undefined : await findFault(path, file);
    if (fault === undefined) return;
    const remedy = `\`npm run models:fetch -- ${manifest.id}\` fetches it again`;
    throw new SpeechError('MODEL_INTEGRITY', `The model file ${path} ${fault}; ${remedy}.`);
  }
}

function manifestPath(folder: string, id: string): string {
  return join(folder, id, 'model.json');
}

async function foldersWithManifest(folder: string): Promise<string[]> {
  let names: string[];
  try {
    names = (await readdir(folder, { withFileTypes: true }))
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map((entry) => entry.name)
      .sort();
  } catch (cause) {
    const message = `The folder of models, ${folder}, cannot be read (setting MODELS_FOLDER).`;
    throw new SpeechError('MODEL_INTEGRITY', message, { cause });
  }
  const present = await Promise.all(
    names.map((name) =>
      access(manifestPath(folder, name)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return names.filter((_, index) => present[index]);
}
