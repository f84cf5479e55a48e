import { parseAllDocuments } from 'yaml';
import { settingNames } from '../config/near-names.js';
import type { SettingsFile, SettingsGroup } from './settings-groups.js';

type Fields = Readonly<Record<string, unknown>>;

/** An object for a cluster, as far as it contains settings. */
interface Manifest {
  readonly kind: string;
  readonly name: string;
  readonly fields: Fields;
}

/** Variables that the image sets, whatever a manifest has; a spec compares them with the Dockerfile. */
export const imageVariables: Readonly<Record<string, string>> = { HOST: '0.0.0.0' };

const nothingFound =
  'the file has no ConfigMap and no container with settings; `kubectl kustomize FOLDER` prints what an overlay makes';

/** Takes the place of the keys of a secret that is in the cluster only. */
const keyElsewhere = `elsewhere=${'0'.repeat(64)}`;

/**
 * The settings that YAML gives: those of each container of ours in it, with the maps and secrets that it names; where
 * there is no container, those of all maps and secrets; or the mapping itself.
 * @returns undefined where the content is not YAML with a mapping in it, such as an env file
 */
export function manifestSettings(content: string): SettingsFile | undefined {
  const documents = parseAllDocuments(content);
  const values = documents.map((document) => document.toJS() as unknown).filter(isFields);
  const faults = documents.flatMap(({ errors }) => errors.map(({ message }) => firstLine(message)));
  // A sentence of an env file can look like YAML that is broken; a manifest says what it is.
  if (faults.length > 0 && !/^(apiVersion|kind):/m.test(content)) return undefined;
  if (faults.length > 0) return { groups: [], problems: faults, notes: [] };
  if (values.length === 0) return undefined;

  const manifests = values.flatMap(manifestsIn);
  if (manifests.length === 0) {
    if (!Object.keys(values[0]!).every(isVariable)) return undefined;
    return { groups: [{ title: '', variables: asText(values[0]!) }], problems: [], notes: [] };
  }
  const reader = new ManifestReader(manifests);
  const groups = reader.containers();
  const found = groups.length > 0 ? groups : reader.mapsAndSecrets();
  const problems = found.length > 0 ? reader.problems : [nothingFound];
  return { groups: found, problems: [...new Set(problems)], notes: [...new Set(reader.notes)] };
}

/** Finds the maps and secrets that containers name, as far as the same file has them. */
class ManifestReader {
  readonly problems: string[] = [];
  readonly notes: string[] = [];

  constructor(private readonly manifests: readonly Manifest[]) {}

  containers(): SettingsGroup[] {
    return this.manifests.flatMap((manifest) =>
      containersOf(manifest.fields).flatMap((container) => {
        const variables = this.variablesOf(container);
        if (!Object.keys(variables).some((name) => settingNames.includes(name))) return [];
        const title = `${manifest.kind} ${manifest.name}, container ${textOf(container.name)}`;
        return [{ title, variables: { ...imageVariables, ...variables } }];
      }),
    );
  }

  mapsAndSecrets(): SettingsGroup[] {
    const sources = this.manifests.filter(({ kind }) => kind === 'ConfigMap' || kind === 'Secret');
    const variables = Object.fromEntries(
      sources.flatMap((source) => Object.entries(this.dataOf(source)).filter(([name]) => isVariable(name))),
    );
    return Object.keys(variables).length === 0 ? [] : [{ title: '', variables }];
  }

  private variablesOf(container: Fields): Record<string, string> {
    const variables: Record<string, string> = {};
    for (const source of listOf(container.envFrom)) {
      for (const [field, kind] of Object.entries(referenceKinds)) {
        const reference = source[field];
        if (isFields(reference)) Object.assign(variables, this.allOf(kind, textOf(reference.name)));
      }
    }
    for (const { name, value, valueFrom } of listOf(container.env)) {
      const text = isFields(valueFrom) ? this.oneOf(textOf(name), valueFrom) : textOf(value);
      if (text !== undefined) variables[textOf(name)] = text;
    }
    return variables;
  }

  private allOf(kind: string, name: string): Record<string, string> {
    const source = this.find(kind, name);
    if (source !== undefined) return this.dataOf(source);
    return kind === 'Secret' ? { API_KEYS: keyElsewhere } : {};
  }

  private oneOf(variable: string, valueFrom: Fields): string | undefined {
    for (const [field, kind] of Object.entries({ configMapKeyRef: 'ConfigMap', secretKeyRef: 'Secret' })) {
      const reference = valueFrom[field];
      if (!isFields(reference)) continue;
      const source = this.find(kind, textOf(reference.name));
      if (source !== undefined) return this.dataOf(source)[textOf(reference.key)];
      return variable === 'API_KEYS' ? keyElsewhere : undefined;
    }
    return undefined;
  }

  private find(kind: string, name: string): Manifest | undefined {
    const found = this.manifests.find((manifest) => manifest.kind === kind && manifest.name === name);
    if (found === undefined)
      this.notes.push(`${kind} ${name} is not in the file: what it sets was not checked`);
    return found;
  }

  private dataOf({ kind, name, fields }: Manifest): Record<string, string> {
    const plain = { ...(isFields(fields.data) ? fields.data : {}) };
    for (const [key, value] of Object.entries(plain)) {
      if (typeof value !== 'string' && isVariable(key))
        this.problems.push(`${key} in ${kind} ${name} must be quoted: Kubernetes takes text only`);
    }
    if (kind !== 'Secret') return asText(plain);
    const decoded = Object.entries(asText(plain)).map(([key, value]) => [
      key,
      Buffer.from(value, 'base64').toString('utf8'),
    ]);
    const given = isFields(fields.stringData) ? asText(fields.stringData) : {};
    return { ...(Object.fromEntries(decoded) as Record<string, string>), ...given };
  }
}

const referenceKinds = { configMapRef: 'ConfigMap', secretRef: 'Secret' } as const;

/** A List contains others; an object without a kind is not a manifest. */
function manifestsIn(value: Fields): Manifest[] {
  if (typeof value.kind !== 'string') return [];
  if (value.kind.endsWith('List') && Array.isArray(value.items))
    return listOf(value.items).flatMap(manifestsIn);
  const name = isFields(value.metadata) ? textOf(value.metadata.name) : '';
  return [{ kind: value.kind, name, fields: value }];
}

/** The containers of a pod, or of an object with a template of one, at any depth (a CronJob has it two levels down). */
function containersOf(fields: Fields): Fields[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    if (name === 'containers') return listOf(value);
    return isFields(value) ? containersOf(value) : [];
  });
}

/** Whether a key of a map is a variable; others are files, such as a dashboard. */
function isVariable(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function asText(fields: Fields): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, textOf(value)]));
}

/** The parser's messages show the lines around, which may hold keys. */
function firstLine(message: string): string {
  return message.split('\n', 1)[0]!.replace(/:$/, '');
}
