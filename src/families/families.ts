import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SpeechError } from '../common/errors/speech-error.js';
import type { ModelFamily } from './family.js';
import { moonshine } from './moonshine/family.js';
import { silero } from './silero/family.js';
import { whisper } from './whisper/family.js';

/** The families of this repository. */
const ownFamilies: readonly ModelFamily[] = [moonshine, silero, whisper];

/** A family, and the address of the module that it was loaded from; undefined for one of this repository. */
interface Entry {
  readonly family: ModelFamily;
  readonly module?: string;
}

/** All model families that the service knows: its own, and those of the modules that MODEL_FAMILIES names. */
export class Families {
  private readonly entries: ReadonlyMap<string, Entry>;

  private constructor(entries: readonly Entry[]) {
    this.entries = new Map(entries.map((entry) => [entry.family.name, entry]));
  }

  /**
   * @param modules paths or file URLs of ES modules; the default export of each is a ModelFamily
   * @throws SpeechError MODEL_INTEGRITY when a module cannot be loaded or exports no family
   */
  static async load(modules: readonly string[] = []): Promise<Families> {
    const entries: Entry[] = ownFamilies.map((family) => ({ family }));
    for (const name of modules) {
      const module = urlOf(name);
      entries.push({ family: await importFamily(module), module });
    }
    return new Families(entries);
  }

  get names(): readonly string[] {
    return [...this.entries.keys()];
  }

  find(name: string): ModelFamily | undefined {
    return this.entries.get(name)?.family;
  }

  /** @throws SpeechError MODEL_INTEGRITY */
  get(name: string): ModelFamily {
    const family = this.find(name);
    if (family !== undefined) return family;
    throw new SpeechError(
      'MODEL_INTEGRITY',
      `There is no model family ${name}; there are: ${this.names.join(', ')}.`,
    );
  }

  /** For another process, which imports it again; undefined for a family of this repository. */
  moduleOf(name: string): string | undefined {
    return this.entries.get(name)?.module;
  }
}

/** A family in an inference process. @param module see Families.moduleOf */
export async function familyOf(name: string, module: string | undefined): Promise<ModelFamily> {
  return (await Families.load(module === undefined ? [] : [module])).get(name);
}

function urlOf(name: string): string {
  if (name.startsWith('file:')) return name;
  return pathToFileURL(isAbsolute(name) ? name : resolve(name)).href;
}

async function importFamily(module: string): Promise<ModelFamily> {
  let exported: unknown;
  try {
    exported = ((await import(/* @vite-ignore */ module)) as { readonly default?: unknown }).default;
  } catch (cause) {
    throw new SpeechError(
      'MODEL_INTEGRITY',
      `The model family ${module} cannot be loaded: ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
  if (isFamily(exported)) return exported;
  throw new SpeechError(
    'MODEL_INTEGRITY',
    `The module ${module} does not export a model family by default: name, kind, roles, load, and capabilities for speech.`,
  );
}

function isFamily(value: unknown): value is ModelFamily {
  if (typeof value !== 'object' || value === null) return false;
  const { name, kind, roles, load, capabilities } = value as Record<string, unknown>;
  return (
    typeof name === 'string' &&
    Array.isArray(roles) &&
    typeof load === 'function' &&
    (kind === 'voice-activity' || (kind === 'speech' && typeof capabilities === 'function'))
  );
}
