import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { nearestName } from '../config/near-names.js';
import { SpeechError } from '../common/errors/speech-error.js';
import type { Families } from '../families/families.js';
import { findFault } from './integrity.js';
import { readManifest } from './model-manifest-reader.js';
import type { ModelManifest } from './model-manifest.js';
import { ModelRegistry } from './model-registry.js';

/** The models of folders: <folder>/<id>/model.json beside <folder>/<id>/<version>/<files>. */
export class FolderModelRegistry extends ModelRegistry {
  private constructor(
    /** The folder that has each model, by its id. */
    private readonly places: ReadonlyMap<string, string>,
    override readonly families: Families,
    private readonly manifests: ReadonlyMap<string, ModelManifest>,
    private readonly faults: ReadonlyMap<string, SpeechError>,
  ) {
    super();
  }

  /**
   * Reads all manifests. One that is wrong costs its own model only: `get` throws what is wrong with it.
   * @param folders the first has to be there, the others are searched where they are there; a model that several have is
   * that of the first
   * @throws SpeechError MODEL_INTEGRITY when the first folder cannot be read
   */
  static async open(
    folders: string | readonly [string, ...string[]],
    families: Families,
  ): Promise<FolderModelRegistry> {
    const places = await findModels(typeof folders === 'string' ? [folders] : folders);
    const manifests = new Map<string, ModelManifest>();
    const faults = new Map<string, SpeechError>();
    for (const [id, folder] of places) {
      try {
        manifests.set(id, await readManifest(manifestPath(folder, id), id, families));
      } catch (error) {
        if (!(error instanceof SpeechError)) throw error;
        faults.set(id, error);
      }
    }
    return new FolderModelRegistry(places, families, manifests, faults);
  }

  override get(id: string): ModelManifest {
    const fault = this.faults.get(id);
    if (fault !== undefined) throw fault;
    const manifest = this.manifests.get(id);
    if (manifest === undefined) throw new SpeechError('MODEL_NOT_FOUND', this.unknown(id));
    return manifest;
  }

  override getSpeech(id: string): ModelManifest {
    const manifest = this.get(id);
    if (manifest.kind === 'speech') return manifest;
    throw new SpeechError('MODEL_NOT_FOUND', `${id} is not a speech model; there are: ${this.speechIds()}.`);
  }

  private unknown(id: string): string {
    const nearest = nearestName(id, [...this.manifests.keys()]);
    const meant = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
    const alias = `MODEL_ALIASES=${id}=ID makes ${id} a further name of a model`;
    return `There is no model named ${id}; there are: ${this.speechIds()}.${meant} MODELS takes these names; ${alias}.`;
  }

  private speechIds(): string {
    const ids = this.list().filter(({ kind }) => kind === 'speech');
    return ids.map(({ id }) => id).join(', ') || 'none';
  }

  override list(): readonly ModelManifest[] {
    return [...this.manifests.values()];
  }

  /** Where the model of a name is, also one whose manifest is wrong; undefined where there is none. */
  placeOf(id: string): string | undefined {
    const folder = this.places.get(id);
    return folder === undefined ? undefined : join(folder, id);
  }

  override listFaults(): readonly string[] {
    return [...this.faults.values()].map(({ message }) => message);
  }

  override folderOf(manifest: ModelManifest): string {
    return join(this.places.get(manifest.id) ?? '', manifest.id, String(manifest.version));
  }

  override pathOf(manifest: ModelManifest, role: string): string {
    const file = manifest.files[role];
    if (file === undefined) {
      throw new SpeechError(
        'MODEL_INTEGRITY',
        `The manifest of ${manifest.id} has no file for the role ${role}.`,
      );
    }
    return join(this.folderOf(manifest), file.path);
  }

  override async verify(manifest: ModelManifest): Promise<void> {
    for (const role of Object.keys(manifest.files)) await this.verifyFile(manifest, role);
  }

  private async verifyFile(manifest: ModelManifest, role: string): Promise<void> {
    const path = this.pathOf(manifest, role);
    const file = manifest.files[role];
    const fault = file === undefined ? undefined : await findFault(path, file);
    if (fault === undefined) return;
    const remedy = `\`npm run models:fetch -- ${manifest.id}\` fetches it again`;
    throw new SpeechError('MODEL_INTEGRITY', `The model file ${path} ${fault}; ${remedy}.`);
  }
}

function manifestPath(folder: string, id: string): string {
  return join(folder, id, 'model.json');
}

/** The folder that has each model, by id. */
async function findModels([first, ...others]: readonly [string, ...string[]]): Promise<Map<string, string>> {
  const places = new Map<string, string>();
  for (const id of await foldersWithManifest(first)) places.set(id, first);
  for (const folder of others) {
    if (!(await isThere(folder))) continue;
    for (const id of await foldersWithManifest(folder)) if (!places.has(id)) places.set(id, folder);
  }
  return places;
}

async function foldersWithManifest(folder: string): Promise<string[]> {
  let names: string[];
  try {
    names = (await readdir(folder, { withFileTypes: true }))
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map((entry) => entry.name)
      // Such as a model that is being added.
      .filter((name) => !name.startsWith('.'))
      .sort();
  } catch (cause) {
    const message = `The folder of models, ${folder}, cannot be read (setting MODELS_FOLDER).`;
    throw new SpeechError('MODEL_INTEGRITY', message, { cause });
  }
  const present = await Promise.all(names.map((name) => isThere(manifestPath(folder, name))));
  return names.filter((_, index) => present[index]);
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
