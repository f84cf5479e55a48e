import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compiledFolder, compiledKey, findCompiled } from './compiled-folder.js';
import type { CompilableModel } from './compiled-folder.js';
import type { CompiledFile, CompiledModel } from './compiled-model.js';
import { verifiedSources } from './source-files.js';

export interface CompilationResult {
  readonly compiled: CompiledModel;
  /** The folder of compiled.json and the graphs. */
  readonly folder: string;
  /** Whether they were there already. */
  readonly wasUpToDate: boolean;
}

/**
 * Compiles a model unless its graphs are there, whole, and made from the same files by the same compiler.
 * @param asked the variant that MODEL_VARIANT names
 * @throws SpeechError MODEL_INTEGRITY when a source file is not the manifest's, or is built in an unknown way
 */
export async function compileModel(model: CompilableModel, asked: string): Promise<CompilationResult> {
  const { manifest, compiler } = model;
  const variant = compiler.variantFor(asked);
  const folder = compiledFolder(model.folder, variant);
  const present = await findCompiled(model, variant);
  if (present !== undefined) return { compiled: present, folder, wasUpToDate: true };

  const { graphs, options } = await compiler.build(await verifiedSources(manifest, model.folder), variant);
  const files: Record<string, CompiledFile> = {};
  const contents = new Map<string, Uint8Array>();
  for (const [role, bytes] of graphs) {
    const path = compiler.graphFiles[role];
    if (path === undefined)
      throw new Error(`The compiler of ${manifest.family} names no file for the graph ${role}.`);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    files[role] = { path, bytes: bytes.length, sha256 };
    contents.set(path, bytes);
  }
  const compiled: CompiledModel = {
    format: 2,
    key: compiledKey(model, variant),
    compilerVersion: compiler.version,
    modelId: manifest.id,
    modelVersion: manifest.version,
    variant,
    files,
    ...(options === undefined ? {} : { options }),
  };
  await writeCompiled(folder, compiled, contents);
  return { compiled, folder, wasUpToDate: false };
}

/**
 * compiled.json is the commit marker: it is deleted first and written last, and each file arrives by a rename. A reader finds
 * all graphs, or that the model is to be compiled; two writers write the same.
 */
async function writeCompiled(
  folder: string,
  compiled: CompiledModel,
  contents: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await rm(join(folder, 'compiled.json'), { force: true });
  for (const [path, bytes] of contents) await writeWhole(join(folder, path), bytes);
  // Graphs of an older compiler that nobody loads any more.
  for (const name of await readdir(folder)) {
    if (name.endsWith('.onnx') && !contents.has(name)) await rm(join(folder, name), { force: true });
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
