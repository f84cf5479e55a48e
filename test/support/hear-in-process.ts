import { readFile } from 'node:fs/promises';
import { readEnvironment } from '../../src/config/environment.js';
import { FolderModelRegistry } from '../../src/model-registry/folder-model-registry.js';
import { compileModel } from '../../src/model-registry/compiled/compile-model.js';
import { prepareGraphs, preparedFolder } from '../../src/model-registry/compiled/prepared-graphs.js';
import { Families } from '../../src/families/families.js';
import { decodePieces } from '../../src/inference/decode-pieces.js';
import { loadModel } from '../../src/inference/load-model.js';
import type { LoadedGraphs } from '../../src/inference/loaded-graphs.js';
import { signedProductsSaturate } from '../../src/onnx-graphs/signed-products.js';
import { workerModelOf } from '../../src/inference/model-artefacts.js';
import { samplesOf } from './recordings.js';

/** What one process hears in a recording, with all models that are named, without the service around it. */
export interface Heard {
  /** Of `signedProductsSaturate`. */
  readonly saturates: boolean;
  /** The folder's name, which differs by kind of processor. */
  readonly prepared: string;
  readonly graphs: readonly LoadedGraphs[];
  readonly texts: readonly string[];
  /** Of speech, for each window of 32 ms. */
  readonly probabilities: readonly number[];
}

/**
 * Loads models as an inference process does, from graphs that are prepared for the processor that it runs on.
 * @param folder of the models; what is compiled and prepared is written into it
 */
export async function hear(folder: string, models: readonly string[], clip: string): Promise<Heard> {
  const { MODEL_VARIANT } = readEnvironment({});
  const registry = await FolderModelRegistry.open(folder, await Families.load());
  const samples = samplesOf((await readFile(clip)).subarray(44));
  // As the service pads what it decodes: 0.2 s of silence before and after it.
  const padded = new Float32Array(samples.length + 6_400);
  padded.set(samples, 3_200);
  const graphs: LoadedGraphs[] = [];
  const texts: string[] = [];
  let probabilities: readonly number[] = [];
  let prepared = '';
  for (const id of [...models, 'silero-vad']) {
    const manifest = registry.get(id);
    const compiler = registry.families.get(manifest.family).compiler!;
    const model = { manifest, folder: registry.folderOf(manifest), compiler };
    const made = await compileModel(model, MODEL_VARIANT);
    await prepareGraphs(made.folder, made.compiled, compiler);
    prepared = preparedFolder('');
    const loaded = await loadModel(await workerModelOf(registry, manifest, MODEL_VARIANT));
    graphs.push(loaded.graphs);
    if (loaded.kind === 'speech') {
      const [decoded] = await decodePieces(loaded, [{ samples: padded, speechDetected: true }]);
      texts.push(decoded!.text);
    } else {
      // 64 samples of context, then whole windows of 512.
      const windows = Math.floor(samples.length / 512);
      const stretch = new Float32Array(64 + windows * 512);
      stretch.set(samples.subarray(0, windows * 512), 64);
      const [found] = await loaded.model.detect([{ samples: stretch, state: new Float32Array(256) }]);
      probabilities = [...found!.probabilities];
    }
    await loaded.model.dispose();
  }
  return { saturates: signedProductsSaturate(), prepared, graphs, texts, probabilities };
}

const [, , folder, models, clip] = process.argv;
if (process.argv[1]?.endsWith('hear-in-process.ts') && folder && models && clip) {
  process.stdout.write(JSON.stringify(await hear(folder, models.split(','), clip)));
}
