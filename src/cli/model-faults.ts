import { access } from 'node:fs/promises';
import { SpeechError } from '../common/errors/speech-error.js';
import { settings } from '../config/settings.js';
import { Families } from '../families/families.js';
import { FolderModelRegistry } from '../model-registry/folder-model-registry.js';
import { modelFolders } from '../model-registry/model-folders.js';
import type { ModelManifest } from '../model-registry/model-manifest.js';
import { languageFaults } from '../recognition/allowed-languages.js';

export interface ModelFaults {
  /** Sentences with which the start would fail. */
  readonly problems: readonly string[];
  /** Sentences that the start would only log, or that say what was not checked. */
  readonly notes: readonly string[];
}

/**
 * Checks that the models that MODELS names exist, and have the languages of LANGUAGES.
 * @param folderMustBeHere false for settings of another machine, whose folder of models need not be on this one
 */
export async function findModelFaults(
  variables: Readonly<Record<string, string | undefined>>,
  { folderMustBeHere }: { folderMustBeHere: boolean },
): Promise<ModelFaults> {
  const folder = valueOf(variables, 'MODELS_FOLDER');
  const isHere = await access(folder).then(
    () => true,
    () => false,
  );
  if (!isHere && !folderMustBeHere)
    return { problems: [], notes: [`the folder ${folder} is not on this machine: MODELS was not checked`] };
  const problems: string[] = [];
  try {
    const families = settings.MODEL_FAMILIES.kind.parse(valueOf(variables, 'MODEL_FAMILIES'));
    const registry = await FolderModelRegistry.open(modelFolders(folder), await Families.load(families));
    const models: ModelManifest[] = [];
    for (const id of settings.MODELS.kind.parse(valueOf(variables, 'MODELS'))) {
      try {
        models.push(registry.getSpeech(id));
      } catch (error) {
        problems.push(`MODELS: ${sentenceOf(error)}`);
      }
    }
    if (problems.length === 0) {
      problems.push(
        ...languageFaults(models, settings.LANGUAGES.kind.parse(valueOf(variables, 'LANGUAGES'))),
      );
    }
    const notes = registry.listFaults().filter((fault) => !problems.includes(`MODELS: ${fault}`));
    return { problems, notes: notes.map((fault) => `a model is left out: ${fault}`) };
  } catch (error) {
    return { problems: [sentenceOf(error)], notes: [] };
  }
}

function valueOf(
  variables: Readonly<Record<string, string | undefined>>,
  name: 'MODELS' | 'MODELS_FOLDER' | 'MODEL_FAMILIES' | 'LANGUAGES',
): string {
  const given = variables[name];
  return given === undefined || given === '' ? settings[name].fallback : given;
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof SpeechError)) throw error;
  return error.message;
}
