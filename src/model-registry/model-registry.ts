import type { ModelManifest } from './model-manifest.js';

/** What models there are and where their files lie. An abstract class, so that the type is also the injection token. */
export abstract class ModelRegistry {
  /** @throws SpeechError MODEL_NOT_FOUND, with the ids that are known */
  abstract get(id: string): ModelManifest;

  /** All models with a manifest, whether their files are there or not, by id. */
  abstract list(): readonly ModelManifest[];

  /** The folder of a model's version: models/<id>/<version>. */
  abstract folderOf(manifest: ModelManifest): string;

  /** @throws SpeechError MODEL_INTEGRITY when the manifest has no file of that role */
  abstract pathOf(manifest: ModelManifest, role: string): string;

  /**
   * Holds every file to its size and sha256.
   * @throws SpeechError MODEL_INTEGRITY that names the file, what is wrong with it and what mends it
   */
  abstract verify(manifest: ModelManifest): Promise<void>;
}
