import type { Setting } from './setting.js';
import { settings } from './settings.js';
import type { Environment, SettingName } from './settings.js';

/** Everything that is wrong with a configuration, so that it can be mended in one go. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  constructor(readonly problems: readonly string[]) {
    super(`The configuration is wrong:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/**
 * Reads all settings; an empty variable counts as not set.
 * @throws ConfigurationError that lists every wrong value
 */
export function readEnvironment(
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Environment {
  const problems: string[] = [];
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const name of Object.keys(settings) as SettingName[]) {
    const { kind, fallback } = settings[name];
    const given = variables[name];
    try {
      values[name] = kind.parse(given === undefined || given === '' ? fallback : given);
    } catch (error) {
      problems.push(`${name} ${(error as Error).message}`);
    }
  }
  if (problems.length === 0) problems.push(...contradictions(values as Environment));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return Object.freeze(values as Environment);
}

/** Values that are right alone and wrong together. */
function contradictions(environment: Environment): string[] {
  const problems: string[] = [];
  if (environment.MODELS.length === 0) problems.push('MODELS must name at least one model');
  if (new Set(environment.MODELS).size !== environment.MODELS.length)
    problems.push('MODELS names a model twice');
  for (const [alias, id] of environment.MODEL_ALIASES) {
    if (!environment.MODELS.includes(id))
      problems.push(`MODEL_ALIASES: ${alias} names ${id}, which MODELS does not`);
    if (alias === 'default' || environment.MODELS.includes(alias)) {
      problems.push(`MODEL_ALIASES: ${alias} is already a name`);
    }
  }
  const open = environment.API_KEYS.size === 0 && !environment.ALLOW_OPEN;
  if (open && !isLoopback(environment.HOST)) {
    problems.push(
      `HOST is ${environment.HOST}, and without API_KEYS only loopback is taken (or set ALLOW_OPEN=true)`,
    );
  }
  return problems;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** The environment for a child process: as this one's, less the secrets, which it has no use for. */
export function childEnvironment(
  additions: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string | undefined> {
  const inherited = Object.entries(variables).filter(([name]) => !(name in settings && isSecret(name)));
  return { ...Object.fromEntries(inherited), ...additions };
}

function isSecret(name: string): boolean {
  const setting: Setting<unknown> = settings[name as SettingName];
  return setting.secret === true;
}
