import { fetchModel, titleOf } from '../model-registry/fetching/model-fetcher.js';
import { readNpmSettings } from '../model-registry/fetching/npm-settings.js';
import type { ModelManifest } from '../model-registry/model-manifest.js';
import { startProgress } from './terminal-progress.js';
import type { Progress } from './terminal-progress.js';

/** Fetches what is missing of a model and shows how far it is. @returns the names of the files that were fetched */
export async function fetchWithProgress(
  manifest: ModelManifest,
  folder: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  let progress: Progress | undefined;
  return fetchModel(manifest, folder, {
    npmSettings: () => readNpmSettings(process.env, process.cwd()),
    variables: process.env,
    signal,
    onProgress(writtenBytes, totalBytes) {
      const title = `Fetching ${manifest.id} from ${titleOf(manifest.source)}`;
      progress ??= startProgress(title, totalBytes, 'MB', (bytes) => Math.round(bytes / 1e5) / 10);
      progress.update(writtenBytes);
    },
  }).finally(() => progress?.stop());
}
