import { fetchWithProgress } from './fetch-with-progress.js';
import { interruptible } from './interruption.js';
import { openNamedModels } from './named-models.js';
import { runCommand } from './run-command.js';

/**
 * `npm run models:fetch -- [ID…]`: sees to it that the named models, or those that MODELS names, and the voice
 * activity model are in the folder of models, whole and right.
 */
await runCommand(async (args) => {
  const { registry, manifests } = await openNamedModels(args);
  for (const manifest of manifests) {
    const folder = registry.folderOf(manifest);
    const fetched = await interruptible((signal) => fetchWithProgress(manifest, folder, signal));
    if (fetched.length > 0) console.log(`${manifest.id}: fetched and verified ${fetched.join(', ')}.`);
    else if (args.length > 0) console.log(`${manifest.id}: in place and whole.`);
  }
});
