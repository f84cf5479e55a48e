import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SpeechError } from '../common/errors/speech-error.js';
import type { ModelFamily } from '../families/family.js';
import type { ModelFile } from './model-manifest.js';
import { plainName } from './model-source-problems.js';

/** The files of a model as an export left them. */
export interface FoundFiles {
  /** Absolute: the folder that was searched, or the folder `onnx` in it. */
  readonly folder: string;
  /** Keyed by role. */
  readonly files: Readonly<Record<string, ModelFile>>;
}

/**
 * Finds the files of a family's roles by the names that known exports use, and measures them.
 * @param given names of files in `folder`, by role, that go before those
 * @throws SpeechError FILE_MISSING, INVALID_REQUEST
 */
export async function findExport(
  folder: string,
  family: ModelFamily,
  given: Readonly<Record<string, string>>,
): Promise<FoundFiles> {
  const { roles } = family;
  for (const [role, name] of Object.entries(given)) checkGiven(roles, role, name);
  const places = [folder, join(folder, 'onnx')];
  for (const place of places) {
    for (const names of namesByPreference(family, given)) {
      const found = await Promise.all(Object.values(names).map((name) => isFile(join(place, name))));
      if (found.every(Boolean))
        return measureAll(place, { ...names, ...(await further(place, names, family)) });
    }
  }
  throw new SpeechError('FILE_MISSING', await missingRole(folder, family, given));
}

async function further(
  place: string,
  names: Readonly<Record<string, string>>,
  family: ModelFamily,
): Promise<Readonly<Record<string, string>>> {
  const files = { has: (role: string) => role in names, path: (role: string) => join(place, names[role]!) };
  return (await family.filesNamedBy?.(files)) ?? {};
}

function checkGiven(roles: readonly string[], role: string, name: string): void {
  if (!roles.includes(role))
    throw new SpeechError('INVALID_REQUEST', `There is no role ${role}; there are: ${roles.join(', ')}.`);
  if (!plainName.test(name))
    throw new SpeechError(
      'INVALID_REQUEST',
      `The file ${name} of the role ${role} has to be given by its name, without a folder.`,
    );
}

/** A name for each role; all of one export, so that an encoder of it does not meet a decoder of another. */
function* namesByPreference(
  { roles, exports = [{}] }: ModelFamily,
  given: Readonly<Record<string, string>>,
): Generator<Readonly<Record<string, string>>> {
  for (const known of exports) {
    const names = { ...known, ...given };
    if (roles.every((role) => role in names)) yield names;
  }
}

async function missingRole(
  folder: string,
  { roles, exports = [] }: ModelFamily,
  given: Readonly<Record<string, string>>,
): Promise<string> {
  if (
    !(await stat(folder).then(
      (found) => found.isDirectory(),
      () => false,
    ))
  )
    return `There is no folder ${folder}.`;
  for (const role of roles) {
    const known = new Set(exports.flatMap((names) => names[role] ?? []));
    const names = given[role] === undefined ? [...known] : [given[role]];
    const paths = names.flatMap((name) => [join(folder, name), join(folder, 'onnx', name)]);
    if ((await Promise.all(paths.map(isFile))).some(Boolean)) continue;
    const looked = names.length === 0 ? '' : ` (${names.join(' or ')})`;
    return `${folder} has no file of the role ${role}${looked}; --file ${role}=NAME names one.`;
  }
  return `${folder} has files of several exports, none of which is whole; --file ROLE=NAME names those that belong together.`;
}

async function measureAll(folder: string, names: Readonly<Record<string, string>>): Promise<FoundFiles> {
  const files: Record<string, ModelFile> = {};
  for (const [role, path] of Object.entries(names)) {
    if (!(await isFile(join(folder, path))))
      throw new SpeechError('FILE_MISSING', `${folder} has no file ${path}, which another file of it names.`);
    files[role] = await measure(folder, path);
  }
  return { folder, files };
}

async function measure(folder: string, path: string): Promise<ModelFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const block of createReadStream(join(folder, path), { highWaterMark: 1 << 20 })) {
    hash.update(block as Buffer);
    bytes += (block as Buffer).length;
  }
  return { path, bytes, sha256: hash.digest('hex') };
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
