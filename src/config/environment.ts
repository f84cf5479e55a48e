import { delimiter } from 'node:path';
import { isForeign, nearestName, settingNames, slipLetters } from './near-names.js';
import type { Setting } from './setting.js';
import { settings } from './settings.js';
import type { Environment, SettingName } from './settings.js';

/** Lists all problems of a configuration, so that they can be corrected together. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  constructor(readonly problems: readonly string[]) {
    super(`The configuration is wrong:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads all settings. An empty variable counts as not set.
 * @throws ConfigurationError with every problem
 */
export function readEnvironment(variables: Variables = process.env): Environment {
  const { values, problems } = read(variables);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return Object.freeze(values as Environment);
}

/** @returns a sentence for each wrong value and for each contradiction */
export function problemsOf(variables: Variables): readonly string[] {
  return read(variables).problems;
}

function read(variables: Variables): { values: Partial<Environment>; problems: string[] } {
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
  const environment = values as Partial<Environment>;
  return { values: environment, problems: [...problems, ...contradictions(environment)] };
}

/** @returns a sentence for each variable whose name is similar to that of a setting */
export function misspelledSettings(variables: Variables = process.env): string[] {
  return Object.keys(variables)
    .filter((name) => /^[A-Z][A-Z0-9_]+$/.test(name) && !settingNames.includes(name) && !isForeign(name))
    .flatMap((name) => {
      const nearest = nearestName(name, settingNames, slipLetters);
      return nearest === undefined ? [] : [`${name} is not the name of a setting; did you mean ${nearest}?`];
    });
}

/** Checks values against each other. Values that could not be parsed are undefined. */
function contradictions(environment: Partial<Environment>): string[] {
  const { MODELS, MODEL_ALIASES = [], API_KEYS, API_KEYS_FILE, ALLOW_OPEN } = environment;
  const { HOST, PORT, ADMIN_PORT } = environment;
  const problems: string[] = [];
  if (MODELS !== undefined) {
    if (MODELS.length === 0) problems.push('MODELS must name at least one model');
    if (new Set(MODELS).size !== MODELS.length) problems.push('MODELS names a model twice');
    for (const [alias, id] of MODEL_ALIASES) {
      if (!MODELS.includes(id))
        problems.push(`MODEL_ALIASES: ${alias} stands for ${id}, which is not in MODELS`);
      if (alias === 'default' || MODELS.includes(alias))
        problems.push(`MODEL_ALIASES: ${alias} is already a name`);
    }
  }
  const { CANARY_MODEL = '' } = environment;
  if (CANARY_MODEL !== '' && MODELS !== undefined) {
    if (!MODELS.includes(CANARY_MODEL)) {
      problems.push(`CANARY_MODEL is ${CANARY_MODEL}, which is not in MODELS: both models have to be loaded`);
    } else if (MODELS[0] === CANARY_MODEL) {
      problems.push(`CANARY_MODEL is ${CANARY_MODEL}, the first of MODELS: it would be compared with itself`);
    }
  }
  const { MAX_UPLOAD_BYTES = 0, MAX_HELD_BYTES = Infinity } = environment;
  if (MAX_UPLOAD_BYTES > MAX_HELD_BYTES) {
    problems.push('MAX_UPLOAD_BYTES is larger than MAX_HELD_BYTES: no upload of that size could be accepted');
  }
  if (ADMIN_PORT !== undefined && ADMIN_PORT !== 0 && ADMIN_PORT === PORT) {
    problems.push('ADMIN_PORT is PORT: set another port, or 0 to serve everything on PORT');
  }
  const { TLS_CERT_FILE = '', TLS_KEY_FILE = '' } = environment;
  if ((TLS_CERT_FILE === '') !== (TLS_KEY_FILE === '')) {
    const [set, missing] =
      TLS_KEY_FILE === '' ? ['TLS_CERT_FILE', 'TLS_KEY_FILE'] : ['TLS_KEY_FILE', 'TLS_CERT_FILE'];
    problems.push(`${set} is set without ${missing}: TLS needs both, plain HTTP neither`);
  }
  const hasNoKeys = API_KEYS?.size === 0 && API_KEYS_FILE === '';
  if (HOST !== undefined && hasNoKeys && ALLOW_OPEN === false && !isLoopback(HOST)) {
    problems.push(
      `HOST is ${HOST}, but without API_KEYS it must be a loopback address (or set ALLOW_OPEN=true)`,
    );
  }
  return problems;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Folders of programs. */
export function programFolders(variables: Variables = process.env): readonly string[] {
  return (variables['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
}

/** The environment for a child process: that of this process without the secrets. */
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
