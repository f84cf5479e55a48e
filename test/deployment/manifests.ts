import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { findTool } from './tools.js';

/** An object for the cluster, as kustomize prints it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

export const overlays = ['dev', 'production', 'canary'] as const;
export type Overlay = (typeof overlays)[number];

/**
 * An overlay as `kubectl apply -k` would send it.
 * @param components further ones, as somebody might add them
 */
export function render(overlay: Overlay, ...components: readonly string[]): readonly Manifest[] {
  const folder = mkdtempSync(join(tmpdir(), 'k8s-'));
  try {
    cpSync('k8s', folder, { recursive: true });
    const namespace = overlay === 'dev' ? 'hearken-dev' : 'hearken';
    const extended = {
      namespace,
      resources: [`../${overlay}`],
      components: components.map((name) => `../../components/${name}`),
    };
    mkdirSync(join(folder, 'overlays/extended'));
    writeFileSync(join(folder, 'overlays/extended/kustomization.yaml'), stringify(extended));
    const { stdout, stderr, error } = spawnSync(
      findTool('kubectl') ?? 'kubectl',
      ['kustomize', join(folder, 'overlays', components.length > 0 ? 'extended' : overlay)],
      { encoding: 'utf8' },
    );
    // It warns of what is deprecated on standard error, and goes on.
    if (error !== undefined || stderr !== '')
      throw new Error(`kubectl kustomize: ${stderr}`, { cause: error });
    return parseAll(stdout) as Manifest[];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function parseAll(text: string): unknown[] {
  return parseAllDocuments(text).map((document) => {
    if (document.errors.length > 0) throw document.errors[0] as Error;
    return document.toJS() as unknown;
  });
}

export function readYaml(path: string): unknown {
  return parseAll(readFileSync(path, 'utf8'))[0];
}

/** All objects of a kind. The caller names the type that goes with it; manifests.spec.ts holds every object to its own. */
export function allOf<T>(manifests: readonly Manifest[], kind: string): (T & Manifest)[] {
  return manifests.filter((manifest) => manifest.kind === kind) as (T & Manifest)[];
}

/** The only object of a kind. @throws Error where there is none, or more than one */
export function only<T>(manifests: readonly Manifest[], kind: string): T & Manifest {
  const [found, ...more] = allOf<T>(manifests, kind);
  if (found === undefined || more.length > 0)
    throw new Error(`${more.length + (found ? 1 : 0)} of kind ${kind}`);
  return found;
}
