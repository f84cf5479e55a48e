import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { ConfigurationError, misspelledSettings, problemsOf } from '../config/environment.js';
import { isForeign, settingNames, suggestion } from '../config/near-names.js';
import { settings } from '../config/settings.js';
import type { SettingName } from '../config/settings.js';
import { findKeyFaults } from './key-faults.js';
import { findModelFaults } from './model-faults.js';
import { runCommand, UsageError } from './run-command.js';
import { parseSettingsFile } from './settings-file.js';
import type { SettingsFile } from './settings-groups.js';

const usage = `npm run config:validate            checks the environment
npm run config:validate -- FILE    checks an env file, a ConfigMap, or what \`kubectl kustomize\` prints; - is standard input`;

type Variables = Readonly<Record<string, string | undefined>>;

/** `npm run config:validate -- [FILE]`: checks the environment, or a file of settings, as the start would. */
await runCommand(async ([path, ...rest]) => {
  if (rest.length > 0) throw new UsageError(usage);
  const { groups, problems, notes } =
    path === undefined ? ofEnvironment() : parseSettingsFile(await read(path));
  const all = [...problems];
  const allNotes = new Set(notes);
  for (const { title, variables } of groups) {
    const place = groups.length > 1 ? `${title}: ` : '';
    const isHere = path === undefined;
    const models = await findModelFaults(variables, { folderMustBeHere: isHere });
    const keys = await findKeyFaults(variables, { fileMustBeHere: isHere });
    const unknown = path === undefined ? misspelledSettings(variables) : unknownNames(variables);
    for (const problem of [...unknown, ...problemsOf(variables), ...models.problems, ...keys.problems])
      all.push(place + problem);
    for (const note of [...models.notes, ...keys.notes]) allNotes.add(note);
  }
  for (const note of allNotes) process.stderr.write(`Note: ${note}.\n`);
  if (all.length > 0) throw new ConfigurationError(all);
  for (const { title, variables } of groups) print(title, variables);
  console.log('The configuration is valid.');
});

/** The environment has other programs' variables too. */
function ofEnvironment(): Pick<SettingsFile, 'problems' | 'notes'> & {
  groups: readonly { title: string; variables: Variables }[];
} {
  return { groups: [{ title: '', variables: process.env }], problems: [], notes: [] };
}

/** npm runs its scripts in the folder of the package; INIT_CWD is the folder of the user. */
async function read(path: string): Promise<string> {
  if (path === '-') return text(process.stdin);
  return readFile(resolve(process.env.INIT_CWD ?? '', path), 'utf8').catch((error: Error) => {
    throw new UsageError(`${path} cannot be read: ${error.message}`);
  });
}

function unknownNames(variables: Variables): string[] {
  return Object.keys(variables)
    .filter((name) => !settingNames.includes(name) && !isForeign(name))
    .map((name) => `${name} is not the name of a setting${suggestion(name, settingNames)}`);
}

function print(title: string, variables: Variables): void {
  if (title !== '') console.log(`${title}:`);
  for (const name of settingNames as SettingName[]) {
    const { fallback, secret } = settings[name];
    const given = variables[name];
    if (given === undefined || given === '') console.log(`${name}=${fallback}   (default)`);
    else console.log(`${name}=${secret === true ? '(not shown)' : given}`);
  }
}
