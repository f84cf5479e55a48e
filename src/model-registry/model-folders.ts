import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the models that come with the service, wherever it is started. */
export const shippedModels = fileURLToPath(new URL('../../models', import.meta.url));

/**
 * The folders in which models are searched: the one of the setting MODELS_FOLDER, then the service's own, because every
 * speech model needs the voice activity model in it.
 */
export function modelFolders(configured: string): readonly [string, ...string[]] {
  return resolve(configured) === shippedModels ? [configured] : [configured, shippedModels];
}
