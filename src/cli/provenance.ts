import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { serviceVersion } from '../common/service-version.js';
import { settings } from '../config/settings.js';
import type { Setting } from '../config/setting.js';
import type { ModelGraphs } from '../inference/graphs-in-use.js';
import { signedProductsSaturate } from '../onnx-graphs/signed-products.js';
import type { ModelManifest } from '../model-registry/model-manifest.js';
import { conventionVersion } from '../transcripts/convention/convention.js';
import type { EvaluationRequest } from './evaluation-arguments.js';

/** Everything that the figures of a run depend on. */
export async function provenanceOf(
  { manifestPath, concurrency, limit, clips, repeated, options }: EvaluationRequest,
  model: ModelManifest,
  graphs: readonly ModelGraphs[],
): Promise<Record<string, unknown>> {
  return {
    date: new Date().toISOString(),
    hearken: { version: serviceVersion(), ...commit() },
    conventionVersion,
    onnxruntime: onnxruntimeVersion(),
    model: { id: model.id, version: model.version, files: model.files },
    ...(await dataHashes(manifestPath, clips)),
    request: { clips: clips.length, limit: limit ?? null, repeated, ...languageOf(options) },
    settings: changedSettings(),
    concurrency,
    graphs,
    machine: {
      processor: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      node: process.version,
      signedProductsSaturate: signedProductsSaturate(),
    },
  };
}

/** Of the manifest, unless it is a folder, and of all recordings in their order: whether two runs had the same data. */
async function dataHashes(
  manifestPath: string,
  clips: EvaluationRequest['clips'],
): Promise<{ manifestSha256?: string; audioSha256: string }> {
  const audio = createHash('sha256');
  // A missing one is a failure of its clip, and no reason to have no run.
  for (const { path } of clips) audio.update(await readFile(path).catch(() => 'missing'));
  const audioSha256 = audio.digest('hex');
  if ((await stat(manifestPath)).isDirectory()) return { audioSha256 };
  const manifest = createHash('sha256').update(await readFile(manifestPath));
  return { manifestSha256: manifest.digest('hex'), audioSha256 };
}

function languageOf({ language }: EvaluationRequest['options']): { language?: string } {
  return language === undefined ? {} : { language };
}

/** The commit of the clone that this runs from; an image has none, and reports its version. */
function commit(): { commit?: string; changed?: boolean } {
  const git = (...args: readonly string[]): string | undefined => {
    const root = fileURLToPath(new URL('../..', import.meta.url));
    const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
    return status === 0 ? stdout.trim() : undefined;
  };
  const head = git('rev-parse', 'HEAD');
  if (head === undefined) return {};
  return { commit: head, changed: git('status', '--porcelain', '--untracked-files=no') !== '' };
}

function onnxruntimeVersion(): string {
  const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
  return version;
}

/** Settings that are not at their defaults. */
function changedSettings(): Record<string, string> {
  const changed: Record<string, string> = {};
  for (const [name, { fallback, secret }] of Object.entries<Setting<unknown>>(settings)) {
    const given = process.env[name];
    if (secret !== true && given !== undefined && given !== '' && given !== fallback) changed[name] = given;
  }
  return changed;
}
