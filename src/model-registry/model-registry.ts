import type { Families } from '../families/families.js';
import type { ModelManifest } from './model-manifest.js';

/** The models, and the places of their files. An abstract class, so that the type is also the injection token. */
export abstract class ModelRegistry {
  /** The families that the models can be of. */
  abstract readonly families: Families;

  /** @throws SpeechError MODEL_NOT_FOUND, with the ids that are known; MODEL_INTEGRITY where its manifest is wrong */
  abstract get(id: string): ModelManifest;

  /** As `get`. @throws SpeechError MODEL_NOT_FOUND also for a model that detects voices and writes no text */
  abstract getSpeech(id: string): ModelManifest;

  /** All models with a right manifest, by id, whether their files are there or not. */
  abstract list(): readonly ModelManifest[];

  /** The faults of manifests, a sentence each; their models are not listed. */
  abstract listFaults(): readonly string[];

  /** The folder of a model's version: models/<id>/<version>. */
  abstract folderOf(manifest: ModelManifest): string;

  /** @throws SpeechError MODEL_INTEGRITY when the manifest has no file of that role */
  abstract pathOf(manifest: ModelManifest, role: string): string;

  /**
   * Compares every file with its size and sha256.
   * @throws SpeechError MODEL_INTEGRITY that names the file, its fault and the remedy
   */
  abstract verify(manifest: ModelManifest): Promise<void>;
}
