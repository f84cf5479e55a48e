import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SpeechError } from '../common/errors/speech-error.js';
import { readEnvironment } from '../config/environment.js';
import { Families } from '../families/families.js';
import type { SpeechFamily, Trial } from '../families/family.js';
import { findExport } from '../model-registry/family-exports.js';
import { FolderModelRegistry } from '../model-registry/folder-model-registry.js';
import { modelFolders } from '../model-registry/model-folders.js';
import type { ModelManifest } from '../model-registry/model-manifest.js';
import { checkManifest } from '../model-registry/model-manifest-reader.js';
import { readEvaluationManifest } from '../evaluation/evaluation-manifest.js';
import type { EvaluationClip } from '../evaluation/evaluation-manifest.js';
import { readAddModelRequest } from './add-model-arguments.js';
import type { AddModelRequest } from './add-model-arguments.js';
import { chooseOptions } from './choose-options.js';
import { compileAndPrepare } from './compile-and-prepare.js';
import { fetchWithProgress } from './fetch-with-progress.js';
import { interruptible } from './interruption.js';
import { openNamedModels } from './named-models.js';
import { withRecognition } from './recognition-context.js';
import { runCommand } from './run-command.js';

/** A measurement can take hours. */
const abandonedAfterMs = 24 * 3_600_000;

type Settings = ReturnType<typeof readSettings>;

/**
 * `npm run models:add -- FOLDER --family FAMILY --id ID`: makes a model of files on this machine: writes its manifest
 * into the folder of models, takes the files there, compiles them, loads the model once, and measures what is asked for.
 */
await runCommand(async (args) => {
  const request = readAddModelRequest(args);
  const settings = readSettings();
  await mkdir(settings.MODELS_FOLDER, { recursive: true });
  await removeAbandoned(settings.MODELS_FOLDER);
  const families = await Families.load(settings.MODEL_FAMILIES);
  await checkId(request.id, settings.MODELS_FOLDER, families);
  const manifest = await manifestOf(request, families);
  const clips = await clipsOf(request, families);

  // A folder of models of its own: a service that reads the other one meanwhile finds the whole model or nothing.
  const staging = join(settings.MODELS_FOLDER, `.${request.id}.${randomUUID()}.adding`);
  const folder = join(staging, request.id);
  try {
    await build(manifest, folder, families, settings);
    await loadOnce(manifest.id, staging, settings);
    if (clips.length > 0) await chooseAndWrite(manifest, folder, clips, families);
    await rename(folder, join(settings.MODELS_FOLDER, request.id));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  printNext(manifest, settings.MODELS_FOLDER);
});

function readSettings() {
  return readEnvironment({
    MODELS_FOLDER: process.env.MODELS_FOLDER,
    MODEL_FAMILIES: process.env.MODEL_FAMILIES,
    MODEL_VARIANT: process.env.MODEL_VARIANT,
  });
}

/** Removes what runs have left that were killed. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!/^\..*\.adding$/.test(name)) continue;
    const path = join(folder, name);
    if (Date.now() - (await stat(path)).mtimeMs > abandonedAfterMs)
      await rm(path, { recursive: true, force: true });
  }
}

async function manifestOf(request: AddModelRequest, families: Families): Promise<ModelManifest> {
  const { id, version, languages, maxAudioSeconds, license, description, url } = request;
  const family = families.find(request.family);
  if (family?.kind !== 'speech') {
    const speech = families.names.filter((name) => families.get(name).kind === 'speech').join(', ');
    throw new SpeechError(
      'INVALID_REQUEST',
      `There is no family ${request.family} of speech models; there are: ${speech}.`,
    );
  }
  const { folder, files } = await findExport(request.folder, family, request.files);
  const manifest = {
    ...{
      id,
      version,
      kind: family.kind,
      family: family.name,
      languages: languages.length > 0 ? languages : await languagesOf(family, folder, files),
      sampleRate: 16_000,
      maxAudioSeconds,
    },
    ...{ source: url === undefined ? { folder } : { url }, files, license, description },
  };
  return checkManifest(manifest, id, families, `The manifest of ${id}`);
}

/** The languages that the files name; of a family whose files name none, English. */
async function languagesOf(
  family: SpeechFamily,
  folder: string,
  files: ModelManifest['files'],
): Promise<readonly string[]> {
  const paths = {
    has: (role: string) => role in files,
    path: (role: string) => join(folder, files[role]!.path),
  };
  return (await family.languagesOf?.(paths)) ?? ['en'];
}

async function checkId(id: string, folder: string, families: Families): Promise<void> {
  const registry = await FolderModelRegistry.open(modelFolders(folder), families);
  const place = registry.placeOf(id);
  if (place === undefined && !(await isThere(join(folder, id)))) return;
  const found = place === undefined ? `a folder ${join(folder, id)}` : `a model ${id} (${place})`;
  throw new SpeechError(
    'INVALID_REQUEST',
    `There is ${found} already; choose another --id, or remove that folder first.`,
  );
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** @param modelFolder of model.json */
async function build(
  manifest: ModelManifest,
  modelFolder: string,
  families: Families,
  { MODEL_VARIANT }: Settings,
): Promise<void> {
  const folder = join(modelFolder, String(manifest.version));
  await interruptible((signal) => fetchWithProgress(manifest, folder, signal));
  console.log(`${manifest.id}: fetched and verified.`);
  await compile(manifest, folder, families, MODEL_VARIANT);
  await writeManifest(manifest, modelFolder);
}

async function writeManifest(manifest: ModelManifest, folder: string): Promise<void> {
  await writeFile(join(folder, 'model.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
}

async function clipsOf(
  { manifestPath, family: name }: AddModelRequest,
  families: Families,
): Promise<readonly EvaluationClip[]> {
  if (manifestPath === undefined) return [];
  if (trialsOf(name, families).length === 0)
    throw new SpeechError(
      'INVALID_REQUEST',
      `The family ${name} has nothing to measure: leave out --manifest.`,
    );
  const clips = await readEvaluationManifest(manifestPath);
  if (clips.some(({ text }) => text !== '')) return clips;
  throw new SpeechError('INVALID_REQUEST', `${manifestPath} has no clip with a text.`);
}

function trialsOf(name: string, families: Families): readonly Trial[] {
  const family = families.get(name);
  return family.kind === 'speech' ? (family.trials ?? []) : [];
}

/** @param folder of model.json */
async function chooseAndWrite(
  manifest: ModelManifest,
  folder: string,
  clips: readonly EvaluationClip[],
  families: Families,
): Promise<void> {
  const write = ({ options }: Trial) => writeManifest({ ...manifest, options }, folder);
  const chosen = await chooseOptions(trialsOf(manifest.family, families), clips, write);
  await write(chosen);
  console.log(`${manifest.id}: chosen: ${chosen.name}.`);
}

async function compile(
  manifest: ModelManifest,
  folder: string,
  families: Families,
  variant: string,
): Promise<void> {
  const { name, compiler } = families.get(manifest.family);
  if (compiler === undefined) return;
  try {
    const { compiled } = await compileAndPrepare({ manifest, folder, compiler }, variant);
    console.log(`${manifest.id}: compiled (${compiled.variant}).`);
  } catch (cause) {
    if (!(cause instanceof SpeechError)) throw cause;
    const message = `The files cannot be compiled as a model of the family ${name}: ${cause.message.replace(/\.$/, '')}.`;
    throw new SpeechError(cause.code, message, { cause });
  }
}

/** In an inference process, as the service does; it decodes some audio to warm up. */
async function loadOnce(id: string, modelsFolder: string, { MODEL_VARIANT }: Settings): Promise<void> {
  process.env.MODELS_FOLDER = modelsFolder;
  const { registry, manifests } = await openNamedModels([id]);
  for (const manifest of manifests) {
    const folder = registry.folderOf(manifest);
    await interruptible((signal) => fetchWithProgress(manifest, folder, signal));
    const { compiler } = registry.families.get(manifest.family);
    if (compiler !== undefined) await compileAndPrepare({ manifest, folder, compiler }, MODEL_VARIANT);
  }
  // Nothing listens here, whatever address and keys the environment has.
  Object.assign(process.env, {
    MODELS: id,
    MODEL_ALIASES: '',
    WORKERS: '1',
    HOST: '127.0.0.1',
  });
  await withRecognition(() => Promise.resolve());
  console.log(`${id}: loaded and run.`);
}

function printNext({ id, languages }: ModelManifest, folder: string): void {
  const settings = `MODELS_FOLDER=${resolve(folder)} MODELS=${id}`;
  console.log(`${id}: added, for ${languages.join(', ')} (${join(folder, id, 'model.json')}). Next:`);
  console.log(`  ${settings} npm run evaluate -- --manifest FILE.jsonl`);
  console.log(`  ${settings} npm start`);
}
