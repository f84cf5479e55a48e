import { readFile } from 'node:fs/promises';
import { ConfigurationError, readEnvironment } from '../config/environment.js';
import { settings } from '../config/settings.js';
import type { SettingName } from '../config/settings.js';
import { runCommand, UsageError } from './run-command.js';
import { parseSettingsFile } from './settings-file.js';

/** `npm run config:validate -- [FILE]`: checks the environment, or a file of settings, as the start would. */
await runCommand(async ([path, ...rest]) => {
  if (rest.length > 0)
    throw new UsageError('npm run config:validate -- [FILE]   (an env file or a ConfigMap)');
  let variables: Readonly<Record<string, string | undefined>> = process.env;
  if (path !== undefined) {
    const content = await readFile(path, 'utf8').catch((error: Error) => {
      throw new UsageError(`${path} cannot be read: ${error.message}`);
    });
    const file = parseSettingsFile(content);
    if (file.unknown.length > 0) {
      throw new ConfigurationError(file.unknown.map((name) => `${name} is not the name of a setting`));
    }
    variables = file.variables;
  }
  readEnvironment(variables);
  for (const name of Object.keys(settings) as SettingName[]) {
    const { fallback, secret } = settings[name];
    const given = variables[name];
    if (given === undefined || given === '') console.log(`${name}=${fallback}   (default)`);
    else console.log(`${name}=${secret === true ? '(not shown)' : given}`);
  }
  console.log('The configuration is valid.');
});
