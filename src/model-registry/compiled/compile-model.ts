import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SpeechError } from '../../common/errors/speech-error.js';
import { findFault } from '../integrity.js';
import type { ModelManifest } from '../model-manifest.js';
import { compiledFolder, compiledKey, compilerVersion, findCompiled, variantFor } from './compiled-folder.js';
import { graphFiles } from './compiled-model.js';
import type {
  CompiledFile,
  CompiledModel,
  GraphRole,
  Variant,
  VoiceActivityVariant,
} from './compiled-model.js';
import type { MatmulVariant } from '../../onnx-graphs/matmul-variants.js';
import { decodeLoopGraph } from '../../families/moonshine/graphs/decode-loop-graph.js';
import { encoderGraph } from '../../families/moonshine/graphs/encoder-graph.js';
import {
  MoonshineSource,
  type SpeechModelDimensions,
} from '../../families/moonshine/graphs/moonshine-source.js';
import { SileroSource } from '../../families/silero/graphs/silero-source.js';
import { voiceActivityGraph } from '../../families/silero/graphs/voice-activity-graph.js';
import { SourceGraph } from '../../onnx-graphs/source-graph.js';

export interface CompilationResult {
  readonly compiled: CompiledModel;
  /** Where compiled.json and the graphs lie. */
  readonly folder: string;
  /** Whether they lay there already. */
  readonly wasUpToDate: boolean;
}

/**
 * Compiles a model unless its graphs are there, whole, and made from the same files by the same compiler.
 * @param modelFolder models/<id>/<version>, which holds the files of the manifest
 * @throws SpeechError MODEL_INTEGRITY when a source file is not the manifest's, or is built in an unknown way
 */
export async function compileModel(
  manifest: ModelManifest,
  modelFolder: string,
  variant: Variant,
): Promise<CompilationResult> {
  const chosen = variantFor(manifest, variant);
  const folder = compiledFolder(modelFolder, chosen);
  const present = await findCompiled(manifest, modelFolder, variant);
  if (present !== undefined) return { compiled: present, folder, wasUpToDate: true };

  const { graphs, dimensions } = buildGraphs(manifest, await readSources(manifest, modelFolder), chosen);
  const files: Partial<Record<GraphRole, CompiledFile>> = {};
  for (const [role, bytes] of graphs) {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    files[role] = { path: graphFiles[role], bytes: bytes.length, sha256 };
  }
  const compiled: CompiledModel = {
    format: 1,
    key: compiledKey(manifest, chosen),
    compilerVersion,
    modelId: manifest.id,
    modelVersion: manifest.version,
    variant: chosen,
    files,
    ...(dimensions === undefined ? {} : { dimensions }),
  };
  await writeCompiled(folder, compiled, graphs);
  return { compiled, folder, wasUpToDate: false };
}

async function readSources(manifest: ModelManifest, modelFolder: string): Promise<Map<string, SourceGraph>> {
  const sources = new Map<string, SourceGraph>();
  for (const [role, file] of Object.entries(manifest.files)) {
    const path = join(modelFolder, file.path);
    const fault = await findFault(path, file);
    if (fault !== undefined) throw new SpeechError('MODEL_INTEGRITY', `The model file ${path} ${fault}.`);
    sources.set(role, new SourceGraph(await readFile(path), `${manifest.id}/${file.path}`));
  }
  return sources;
}

interface Graphs {
  readonly graphs: ReadonlyMap<GraphRole, Uint8Array>;
  readonly dimensions?: SpeechModelDimensions;
}

/** All graphs of a model. @throws SpeechError MODEL_INTEGRITY when the sources are built in an unknown way */
export function buildGraphs(
  manifest: ModelManifest,
  sources: ReadonlyMap<string, SourceGraph>,
  variant: Variant | VoiceActivityVariant,
): Graphs {
  const source = (role: string) => {
    const found = sources.get(role);
    if (found !== undefined) return found;
    throw new SpeechError('MODEL_INTEGRITY', `The manifest of ${manifest.id} names no file as ${role}.`);
  };
  if (variant === 'float') {
    return { graphs: new Map([['voiceActivity', voiceActivityGraph(new SileroSource(source('model')))]]) };
  }
  const moonshine = new MoonshineSource(source('encoder'), source('decoder'));
  const [encoder, decoder = encoder] = variant.split('-') as [MatmulVariant, MatmulVariant?];
  return {
    graphs: new Map([
      ['encoder', encoderGraph(moonshine, encoder)],
      ['decodeLoop', decodeLoopGraph(moonshine, decoder)],
    ]),
    dimensions: moonshine.dimensions,
  };
}

/**
 * compiled.json goes first and comes last, and each file arrives by a rename: a reader finds all, or that it is to be
 * compiled; two writers write the same.
 */
async function writeCompiled(
  folder: string,
  compiled: CompiledModel,
  graphs: ReadonlyMap<GraphRole, Uint8Array>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await rm(join(folder, 'compiled.json'), { force: true });
  for (const [role, bytes] of graphs) await writeWhole(join(folder, graphFiles[role]), bytes);
  // An older compiler wrote graphs that nobody loads any more.
  const written = new Set<string>(Object.values(compiled.files).map(({ path }) => path));
  for (const name of await readdir(folder)) {
    if (name.endsWith('.onnx') && !written.has(name)) await rm(join(folder, name), { force: true });
  }
  await writeWhole(join(folder, 'compiled.json'), `${JSON.stringify(compiled, undefined, 2)}\n`);
}

async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const partial = `${path}.${randomUUID()}.partial`;
  try {
    await writeFile(partial, content);
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
}
