import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { FamilyCompiler } from '../../families/family.js';
import type { CompiledFile, CompiledModel } from './compiled-model.js';
import { findFault } from '../integrity.js';
import { signedProductsSaturate } from '../../onnx-graphs/signed-products.js';

/**
 * Compiled graphs in onnxruntime's own format, written after its optimizations: creating a session parses and optimizes
 * nothing, and the file is mapped, so that all processes share its pages. They are valid for one version of onnxruntime and
 * one kind of processor; anywhere else the compiled graphs are loaded.
 *
 * They are in compiled/<variant>/prepared/<version>-<platform>/ with prepared.json.
 */
export interface PreparedGraphs {
  /** The key of the compiled model that they were made from. */
  readonly key: string;
  readonly files: Readonly<Record<string, CompiledFile>>;
}

/** The folder of the graphs that are prepared for this machine. @param folder of compiled.json */
export function preparedFolder(folder: string): string {
  const manifest = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
  // onnxruntime rewrites the products where signed weights saturate.
  const products = signedProductsSaturate() ? '-shifted' : '';
  return join(folder, 'prepared', `${manifest.version}-${process.platform}-${process.arch}${products}`);
}

/** @returns absolute paths by role; undefined where they are missing, broken, or made from other compiled graphs */
export async function findPrepared(
  folder: string,
  compiled: CompiledModel,
  compiler: FamilyCompiler,
): Promise<Readonly<Record<string, string>> | undefined> {
  if (compiler.preparedRoles.length === 0) return undefined;
  const prepared = preparedFolder(folder);
  let described: PreparedGraphs;
  try {
    described = JSON.parse(await readFile(join(prepared, 'prepared.json'), 'utf8')) as PreparedGraphs;
  } catch {
    return undefined;
  }
  if (described.key !== compiled.key) return undefined;
  // Graphs that are too small to be prepared are loaded as they were compiled.
  const paths: Record<string, string> = pathsOf(folder, compiled);
  for (const role of compiler.preparedRoles) {
    const file = described.files[role];
    if (file === undefined || (await findFault(join(prepared, file.path), file)) !== undefined) {
      return undefined;
    }
    paths[role] = join(prepared, file.path);
  }
  return paths;
}

/**
 * Prepares the graphs of a compiled model for this machine unless they are there and whole.
 * @param folder of compiled.json
 * @returns whether there was something to do
 */
export async function prepareGraphs(
  folder: string,
  compiled: CompiledModel,
  compiler: FamilyCompiler,
): Promise<boolean> {
  const roles = compiler.preparedRoles;
  if (roles.length === 0 || (await findPrepared(folder, compiled, compiler)) !== undefined) return false;
  // Imported only here: the service's main process looks for prepared graphs and must never load onnxruntime.
  const { saveOptimized } = await import('../../onnx-graphs/inference-session.js');
  const prepared = preparedFolder(folder);
  const partial = `${prepared}.${randomUUID()}.partial`;
  await mkdir(partial, { recursive: true });
  try {
    const files: Record<string, CompiledFile> = {};
    for (const role of roles) {
      const path = `${compiled.files[role]!.path.replace(/\.onnx$/, '')}.ort`;
      await saveOptimized(join(folder, compiled.files[role]!.path), join(partial, path));
      const bytes = await readFile(join(partial, path));
      files[role] = { path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    }
    const described: PreparedGraphs = { key: compiled.key, files };
    await writeFile(join(partial, 'prepared.json'), `${JSON.stringify(described, undefined, 2)}\n`);
    await rm(prepared, { recursive: true, force: true });
    await rename(partial, prepared);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return true;
}

/** Absolute paths of compiled graphs by role. @param folder of compiled.json */
export function pathsOf(folder: string, { files }: CompiledModel): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([role, { path }]) => [role, join(folder, path)]));
}
