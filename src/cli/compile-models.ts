import { readEnvironment } from '../config/environment.js';
import { compileModel } from '../model-compiler/compile-model.js';
import { defaultVariant } from '../model-compiler/compiled-model.js';
import { FolderModelRegistry } from '../model-registry/folder-model-registry.js';
import { runCommand } from './run-command.js';

/** Needed by every speech model: it finds where there is speech. */
const voiceActivityModel = 'silero-vad';

/**
 * `npm run models:compile -- [ID…]`: rewrites the named models, or those that MODELS names, and the voice activity model
 * into graphs made for serving. What is up to date stays as it is.
 */
await runCommand(async (args) => {
  // Only these: an image compiles its models long before it has an address and keys.
  const { MODELS, MODELS_FOLDER } = readEnvironment({
    MODELS: process.env.MODELS,
    MODELS_FOLDER: process.env.MODELS_FOLDER,
  });
  const registry = await FolderModelRegistry.open(MODELS_FOLDER);
  const ids = new Set([...(args.length > 0 ? args : MODELS), voiceActivityModel]);
  for (const manifest of [...ids].map((id) => registry.get(id))) {
    const start = performance.now();
    const { compiled, wasUpToDate } = await compileModel(
      manifest,
      registry.folderOf(manifest),
      defaultVariant,
    );
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    if (!wasUpToDate) console.log(`${manifest.id}: compiled (${compiled.variant}) in ${seconds} s.`);
    else if (args.length > 0) console.log(`${manifest.id}: compiled (${compiled.variant}) and up to date.`);
  }
});
