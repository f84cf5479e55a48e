import { pairsOf, sha256Hex, wholeNumber } from './setting.js';
import type { SettingKind } from './setting.js';

/** Kinds of work that a key may be restricted to: recordings over REST, live sockets, what operators read and write. */
export const keyScopes = ['transcribe', 'stream', 'admin'] as const;
export type KeyScope = (typeof keyScopes)[number];

/** Scopes of a row that names none. */
export const usualScopes: readonly KeyScope[] = ['transcribe', 'stream'];

/** Limits of one key. Undefined: none besides those of the service. */
export interface KeyLimits {
  readonly requestsPerMinute?: number | undefined;
  /** Live streams at once. */
  readonly streams?: number | undefined;
  readonly audioSecondsPerHour?: number | undefined;
}

/** What the configuration says about one key. */
export interface KeyRow extends KeyLimits {
  /** sha256 of the key, in hexadecimal. */
  readonly hash: string;
  /** Unix time from which on the key is refused. */
  readonly expiresAtMs?: number | undefined;
  readonly scopes: readonly KeyScope[];
  /** Whether the audio of its clients may be kept where they do not say so themselves. */
  readonly capture?: boolean | undefined;
}

/** The options of a row: `npm run keys` has one of the same name for each. */
export const keyOptions = [
  'expires',
  'scopes',
  'requests-per-minute',
  'streams',
  'audio-seconds-per-hour',
  'capture',
] as const;
export type KeyOption = (typeof keyOptions)[number];

const dayMs = 86_400_000;
const limitKind = wholeNumber(1, 1_000_000_000);
const limit = (text: string): number => limitKind.parse(text);

/** `<sha256> expires=2027-01-31 scopes=transcribe+stream requests-per-minute=60`; options may be left out. */
export const keyRow: SettingKind<KeyRow> = {
  description: 'sha256, maybe options',
  parse(text) {
    const [hash = '', ...given] = text.split(/\s+/);
    const options = new Map<KeyOption, string>();
    for (const option of given) {
      const [name, value = ''] = option.split('=', 2);
      const known = keyOptions.find((each) => each === name);
      // The text itself may be a part of a key.
      if (known === undefined || value === '') {
        throw new Error(`must have nothing after a sha256 but ${keyOptions.join('=, ')}=, with values`);
      }
      if (options.has(known)) throw new Error(`must not have ${known} twice for one key`);
      options.set(known, value);
    }
    return {
      hash: sha256Hex.parse(hash),
      expiresAtMs: optional(options, 'expires', expiryMs),
      scopes: optional(options, 'scopes', scopesOf) ?? usualScopes,
      requestsPerMinute: optional(options, 'requests-per-minute', limit),
      streams: optional(options, 'streams', limit),
      audioSecondsPerHour: optional(options, 'audio-seconds-per-hour', limit),
      capture: optional(options, 'capture', yesOrNo),
    };
  },
};

/** All keys by name: `name=<row>`, separated by commas or lines. */
export const keyRows = pairsOf(keyRow);

/**
 * The rows of a file: comments and empty lines are ignored.
 * @throws Error with the reason, without any text of the file but names and numbers
 */
export function parseKeyFile(content: string): ReadonlyMap<string, KeyRow> {
  return keyRows.parse(content.replace(/^\s*#.*$/gm, ''));
}

function optional<T>(
  options: ReadonlyMap<KeyOption, string>,
  name: KeyOption,
  parse: (text: string) => T,
): T | undefined {
  const text = options.get(name);
  if (text === undefined) return undefined;
  try {
    return parse(text);
  } catch (error) {
    throw new Error(`has a key whose ${name} ${(error as Error).message}`, { cause: error });
  }
}

/** A day counts to its end, in UTC; a time is exact. */
function expiryMs(text: string): number {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const ms = isDay || /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) ? Date.parse(text) : Number.NaN;
  // The 30th of February is another day.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text.slice(0, 10)) {
    throw new Error('must be a day such as 2027-01-31, or a time such as 2027-01-31T18:00:00Z');
  }
  return isDay ? ms + dayMs : ms;
}

function yesOrNo(text: string): boolean {
  if (text === 'yes' || text === 'no') return text === 'yes';
  throw new Error('must be yes or no');
}

function scopesOf(text: string): readonly KeyScope[] {
  const scopes = text.split('+').map((name) => keyScopes.find((scope) => scope === name));
  if (scopes.includes(undefined)) throw new Error(`must be some of ${keyScopes.join('+')}`);
  return scopes as KeyScope[];
}
