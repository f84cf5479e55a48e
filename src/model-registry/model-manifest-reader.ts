import { readFile } from 'node:fs/promises';
import { SpeechError } from '../common/errors/speech-error.js';
import type { Families } from '../families/families.js';
import type { ModelFamily } from '../families/family.js';
import type { ModelManifest } from './model-manifest.js';
import type { Fields } from './model-source-problems.js';
import {
  addressProblem,
  isFields,
  partProblems,
  plainName,
  secondSourceProblems,
  sourceProblems,
} from './model-source-problems.js';

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

/**
 * Reads and checks models/<id>/model.json. The file names in it become paths that are written to, so nothing in it
 * may lead out of the model's folder.
 * @param id the name of the folder, which the manifest has to repeat
 * @throws SpeechError MODEL_INTEGRITY that lists everything that is wrong
 */
export async function readManifest(path: string, id: string, families: Families): Promise<ModelManifest> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new SpeechError('MODEL_INTEGRITY', `${path} cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
  return checkManifest(content, id, families, path);
}

/**
 * @param name of the manifest, for the message
 * @throws SpeechError MODEL_INTEGRITY that lists everything that is wrong
 */
export function checkManifest(content: unknown, id: string, families: Families, name: string): ModelManifest {
  const problems = problemsOf(content, id, families);
  if (problems.length === 0) return content as ModelManifest;
  throw new SpeechError('MODEL_INTEGRITY', `${name} is not a model manifest: ${problems.join('; ')}`);
}

/** All audio is normalized to this rate before it reaches a model. */
const audioSampleRateHz = 16_000;
/** A segment needs more: the audio around its speech takes two seconds. */
const fewestAudioSeconds = 5;

function problemsOf(manifest: unknown, id: string, families: Families): string[] {
  if (!isFields(manifest)) return ['it is not an object'];
  const problems: string[] = [];
  const expect = (right: boolean, problem: string): void => {
    if (!right) problems.push(problem);
  };
  expect(manifest.id === id && plainName.test(id), `id must be the name of its folder, ${id}`);
  expect(
    Number.isSafeInteger(manifest.version) && isPositive(manifest.version),
    'version must be a whole number from 1',
  );
  expect(
    manifest.kind === 'speech' || manifest.kind === 'voice-activity',
    'kind must be speech or voice-activity',
  );
  expect(manifest.sampleRate === audioSampleRateHz, `sampleRate must be ${audioSampleRateHz}`);
  const fewest = manifest.kind === 'speech' ? fewestAudioSeconds : Number.MIN_VALUE;
  expect(
    isPositive(manifest.maxAudioSeconds) && manifest.maxAudioSeconds >= fewest,
    `maxAudioSeconds must be ${fewestAudioSeconds} or more`,
  );
  expect(
    Array.isArray(manifest.languages) && manifest.languages.every((tag) => typeof tag === 'string'),
    'languages must be a list of BCP 47 tags',
  );
  for (const name of ['license', 'description']) {
    expect(typeof manifest[name] === 'string' && manifest[name] !== '', `${name} must be a text`);
  }
  const family = families.find(String(manifest.family));
  if (family === undefined) problems.push(`family must be one of ${families.names.join(', ')}`);
  else expect(manifest.kind === family.kind, `kind must be ${family.kind}, as the family ${family.name} is`);
  problems.push(...optionProblems(manifest.options, family));
  problems.push(...sourceProblems(manifest.source), ...secondSourceProblems(manifest.otherwise));
  problems.push(...fileProblems(manifest, family?.roles ?? []));
  return problems;
}

function optionProblems(options: unknown, family: ModelFamily | undefined): readonly string[] {
  if (options === undefined || family === undefined) return [];
  if (!isFields(options)) return ['options must be an object'];
  return family.optionProblems?.(options) ?? [`options: the family ${family.name} has none`];
}

function fileProblems({ files, source }: Fields, roles: readonly string[]): string[] {
  if (!isFields(files)) return ['files must be an object, keyed by role'];
  const problems: string[] = [];
  for (const role of roles) {
    if (!(role in files)) problems.push(`files.${role} is missing`);
  }
  for (const [role, file] of Object.entries(files)) {
    if (!isFields(file)) {
      problems.push(`files.${role} must have path, bytes and sha256`);
      continue;
    }
    if (typeof file.path !== 'string' || !plainName.test(file.path)) {
      problems.push(`files.${role}.path must be a plain file name`);
    }
    if (!Number.isSafeInteger(file.bytes) || !isPositive(file.bytes)) {
      problems.push(`files.${role}.bytes must be a whole number from 1`);
    }
    if (typeof file.sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(file.sha256)) {
      problems.push(`files.${role}.sha256 must be 64 lower-case hexadecimal digits`);
    }
    if (file.url !== undefined) {
      const problem =
        isFields(source) && 'url' in source ? addressProblem(file.url) : 'goes with a source that has a url';
      if (problem !== undefined) problems.push(`files.${role}.url ${problem}`);
    }
    problems.push(...partProblems(file, source).map((problem) => `files.${role}.parts ${problem}`));
  }
  return problems;
}
