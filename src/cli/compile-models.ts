import { readEnvironment } from '../config/environment.js';
import { compileAndPrepare } from './compile-and-prepare.js';
import { openNamedModels } from './named-models.js';
import { runCommand } from './run-command.js';

/**
 * `npm run models:compile -- [ID…]`: rewrites the named models, or those that MODELS names, and the voice activity model
 * into graphs made for serving, in the variant that MODEL_VARIANT names, and prepares those for this machine. What is up
 * to date stays as it is.
 */
await runCommand(async (args) => {
  const { MODEL_VARIANT } = readEnvironment({ MODEL_VARIANT: process.env.MODEL_VARIANT });
  const { registry, manifests } = await openNamedModels(args);
  for (const manifest of manifests) {
    const start = performance.now();
    const { compiler } = registry.families.get(manifest.family);
    if (compiler === undefined) {
      if (args.length > 0) console.log(`${manifest.id}: runs as it is shipped; there is nothing to compile.`);
      continue;
    }
    const model = { manifest, folder: registry.folderOf(manifest), compiler };
    const { compiled, wasUpToDate } = await compileAndPrepare(model, MODEL_VARIANT);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    if (!wasUpToDate) console.log(`${manifest.id}: compiled (${compiled.variant}) in ${seconds} s.`);
    else if (args.length > 0) console.log(`${manifest.id}: compiled (${compiled.variant}) and up to date.`);
  }
});
