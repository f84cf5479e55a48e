import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import type { Manifest } from './manifests.js';

/** Where the types of a group of the API are; generated from the OpenAPI of Kubernetes and from the CRDs of the two. */
const modules: Readonly<Record<string, string>> = {
  v1: 'kubernetes-models/v1',
  'apps/v1': 'kubernetes-models/apps/v1',
  'autoscaling/v2': 'kubernetes-models/autoscaling/v2',
  'networking.k8s.io/v1': 'kubernetes-models/networking.k8s.io/v1',
  'policy/v1': 'kubernetes-models/policy/v1',
  'gateway.networking.k8s.io/v1': '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1',
  'monitoring.coreos.com/v1': '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1',
};

/** A field of an HTTPRoute's rule that only the experimental channel of the Gateway API has, and so no types. */
export interface SessionPersistence {
  readonly sessionName: string;
  readonly type: 'Cookie' | 'Header';
  readonly absoluteTimeout: string;
  readonly cookieConfig: { readonly lifetimeType: 'Permanent' | 'Session' };
}
export interface WithSessionPersistence {
  readonly sessionPersistence?: SessionPersistence;
}

function withoutExperimentalFields(manifest: Manifest): Manifest {
  if (manifest.kind !== 'HTTPRoute') return manifest;
  const copy = structuredClone(manifest) as Manifest & {
    spec: { rules?: { sessionPersistence?: unknown }[] };
  };
  for (const rule of copy.spec.rules ?? []) delete rule.sessionPersistence;
  return copy;
}

type Model = new (manifest: Manifest) => { validate(): void };

function moduleOf({ apiVersion, kind }: Manifest): string {
  const found = modules[apiVersion];
  if (found === undefined) throw new Error(`no types are known for ${apiVersion} ${kind}`);
  return `${found}/${kind}`;
}

function titleOf({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.name}`;
}

/**
 * Errors that the API server would reject, and fields that it would drop silently. The schemas find wrong types, values
 * and missing fields; the compiler, which checks each object as a literal of its type, finds fields that do not exist.
 */
export async function problemsOf(given: readonly Manifest[]): Promise<readonly string[]> {
  const manifests = given.map(withoutExperimentalFields);
  const problems: string[] = [];
  for (const manifest of manifests) {
    const module = (await import(moduleOf(manifest))) as Readonly<Record<string, Model>>;
    const Model = module[manifest.kind] as Model;
    try {
      new Model(manifest).validate();
    } catch (error) {
      problems.push(`${titleOf(manifest)}: ${(error as Error).message}`);
    }
  }
  return [...problems, ...typeErrors(manifests)];
}

const options: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts'],
  strict: true,
  skipLibCheck: true,
  noEmit: true,
  types: [],
};
/** Beside this file, so that packages are found; it exists in memory only. */
const virtualFile = resolve(dirname(fileURLToPath(import.meta.url)), 'manifests-as-literals.ts');
const parsed = new Map<string, ts.SourceFile | undefined>();

function typeErrors(manifests: readonly Manifest[]): string[] {
  const literals = manifests.map((manifest, index) => {
    const type = `import('${moduleOf(manifest)}').I${manifest.kind}`;
    return `export const manifest${index}: ${type} = ${JSON.stringify(manifest)};`;
  });
  const source = ts.createSourceFile(virtualFile, literals.join('\n'), ts.ScriptTarget.ES2023, true);
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.fileExists = (path) => path === virtualFile || ts.sys.fileExists(path);
  host.getSourceFile = (path, version) => {
    if (path === virtualFile) return source;
    if (!parsed.has(path)) parsed.set(path, read(path, version));
    return parsed.get(path);
  };
  const program = ts.createProgram([virtualFile], options, host);
  return ts.getPreEmitDiagnostics(program, source).map((diagnostic) => {
    const line = source.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line;
    const manifest = manifests[line] as Manifest;
    return `${titleOf(manifest)}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')}`;
  });
}
