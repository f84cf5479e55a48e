import { readEnvironment } from '../config/environment.js';
import { Families } from '../families/families.js';
import { FolderModelRegistry } from '../model-registry/folder-model-registry.js';
import { modelFolders } from '../model-registry/model-folders.js';
import type { ModelManifest } from '../model-registry/model-manifest.js';
import type { ModelRegistry } from '../model-registry/model-registry.js';

/** Every speech model needs it: it detects where there is speech. */
const voiceActivityModel = 'silero-vad';

export interface NamedModels {
  readonly registry: ModelRegistry;
  readonly manifests: readonly ModelManifest[];
}

/**
 * The models that a command is about: those of its arguments, or else those that MODELS names; and always the voice
 * activity model. @throws SpeechError MODEL_NOT_FOUND, MODEL_INTEGRITY; ConfigurationError
 */
export async function openNamedModels(args: readonly string[]): Promise<NamedModels> {
  // Only these settings: an image gets its models long before it has an address and keys.
  const { MODELS, MODELS_FOLDER, MODEL_FAMILIES } = readEnvironment({
    MODELS: process.env.MODELS,
    MODELS_FOLDER: process.env.MODELS_FOLDER,
    MODEL_FAMILIES: process.env.MODEL_FAMILIES,
  });
  const registry = await FolderModelRegistry.open(
    modelFolders(MODELS_FOLDER),
    await Families.load(MODEL_FAMILIES),
  );
  const ids = new Set([...(args.length > 0 ? args : MODELS), voiceActivityModel]);
  return { registry, manifests: [...ids].map((id) => registry.get(id)) };
}
