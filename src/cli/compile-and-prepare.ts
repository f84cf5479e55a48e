import type { CompilableModel } from '../model-registry/compiled/compiled-folder.js';
import { compileModel } from '../model-registry/compiled/compile-model.js';
import type { CompilationResult } from '../model-registry/compiled/compile-model.js';
import { prepareGraphs } from '../model-registry/compiled/prepared-graphs.js';

/** Rewrites a model into graphs made for serving and prepares those for this machine, unless they are there. */
export async function compileAndPrepare(model: CompilableModel, variant: string): Promise<CompilationResult> {
  const result = await compileModel(model, variant);
  const wasPrepared = await prepareGraphs(result.folder, result.compiled, model.compiler).then(
    (prepared) => !prepared,
    (error: unknown) => {
      // Not worth failing for: the compiled graphs are loaded as they are, which takes longer at each start.
      console.error(`${model.manifest.id}: not prepared for this machine: ${(error as Error).message}`);
      return true;
    },
  );
  return { ...result, wasUpToDate: result.wasUpToDate && wasPrepared };
}
