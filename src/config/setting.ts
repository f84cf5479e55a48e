/** A type of setting: its parser and its description. */
export interface SettingKind<T> {
  /** For the documentation: `whole number, 1 to 65535`. */
  readonly description: string;
  /** @throws Error with the reason, without the name of the setting */
  parse(text: string): T;
}

/** One environment variable. Its documentation is next to its parser, so that both change together. */
export interface Setting<T> {
  readonly kind: SettingKind<T>;
  /** Text of the default value; it is parsed like a given one. */
  readonly fallback: string;
  readonly meaning: string;
  /** True if the value must never be printed. */
  readonly secret?: boolean;
  /** True if the value was measured and decided: it exists for new measurements, not for operators. */
  readonly experiment?: boolean;
}

/** A row of the table. @param more `secret`: never shown; `experiment`: not for operators */
export function setting<T>(
  kind: Setting<T>['kind'],
  fallback: string,
  meaning: string,
  more: { secret?: boolean; experiment?: boolean } = {},
): Setting<T> {
  return { kind, fallback, meaning, ...more };
}

export function wholeNumber(min: number, max: number): SettingKind<number> {
  return {
    description: `whole number, ${min} to ${max}`,
    parse(text) {
      const value = Number(text);
      if (text.trim() === '' || !Number.isSafeInteger(value) || value < min || value > max) {
        throw new Error(`must be a whole number from ${min} to ${max}`);
      }
      return value;
    },
  };
}

export function decimal(min: number, max: number): SettingKind<number> {
  return {
    description: `number, ${min} to ${max}`,
    parse(text) {
      const value = Number(text);
      if (text.trim() === '' || !Number.isFinite(value) || value < min || value > max) {
        throw new Error(`must be a number from ${min} to ${max}`);
      }
      return value;
    },
  };
}

/** A number of the kind, or 0 for what the service chooses by itself. */
export function zeroOr(kind: SettingKind<number>): SettingKind<number> {
  return {
    description: `0, or a ${kind.description}`,
    parse(text) {
      if (text.trim() !== '' && Number(text) === 0) return 0;
      try {
        return kind.parse(text);
      } catch (error) {
        throw new Error((error as Error).message.replace('must be ', 'must be 0, or '), { cause: error });
      }
    },
  };
}

export function oneOf<const T extends string>(...values: readonly T[]): SettingKind<T> {
  return {
    description: `one of ${values.join(', ')}`,
    parse(text) {
      const found = values.find((value) => value === text);
      if (found === undefined) throw new Error(`must be one of ${values.join(', ')}`);
      return found;
    },
  };
}

export const flag: SettingKind<boolean> = {
  description: 'true or false',
  parse(text) {
    if (text === 'true' || text === 'false') return text === 'true';
    throw new Error('must be true or false');
  },
};

export const anyText: SettingKind<string> = { description: 'text', parse: (text) => text };

/** Items are separated by commas, or by line breaks as in a block of YAML. */
const separator = /[,\n]/;

/** `a, b, c`; an empty text is an empty list. */
export function listOf<T>(item: SettingKind<T>): SettingKind<readonly T[]> {
  return {
    description: `comma-separated list (each: ${item.description})`,
    parse: (text) =>
      text
        .split(separator)
        .map((part) => part.trim())
        .filter((part) => part !== '')
        .map((part) => item.parse(part)),
  };
}

/** `name=value, name=value`. */
export function pairsOf<T>(item: SettingKind<T>): SettingKind<ReadonlyMap<string, T>> {
  return {
    description: `comma-separated name=value pairs (each value: ${item.description})`,
    parse(text) {
      const pairs = new Map<string, T>();
      for (const part of text.split(separator).map((piece) => piece.trim())) {
        if (part === '') continue;
        const at = part.indexOf('=');
        const name = part.slice(0, at).trim();
        if (at < 1 || name === '') throw new Error('must be name=value pairs, separated by commas or lines');
        if (pairs.has(name)) throw new Error(`names ${name} twice`);
        pairs.set(name, item.parse(part.slice(at + 1).trim()));
      }
      return pairs;
    },
  };
}

/** A sha256 in hexadecimal, as `npm run keys -- hash` prints it. */
export const sha256Hex: SettingKind<string> = {
  description: 'sha256 in hexadecimal',
  parse(text) {
    if (!/^[0-9a-fA-F]{64}$/.test(text)) throw new Error('must be a sha256 in hexadecimal (64 digits)');
    return text.toLowerCase();
  },
};

/** `https://app.example.com`, as browsers send it; also `*`, or `null` for pages without an origin. */
export const webOrigin: SettingKind<string> = {
  description: 'scheme://host or scheme://host:port, or *',
  parse(text) {
    if (text === '*' || text === 'null') return text;
    // A URL has no origin if its scheme is not of the web, for instance in browser extensions.
    const form = /^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s]+\/?$/i;
    if (!form.test(text) || !URL.canParse(text)) {
      throw new Error('must be origins such as https://app.example.com: a scheme and a host, without a path');
    }
    const { origin } = new URL(text);
    return origin === 'null' ? text.replace(/\/$/, '').toLowerCase() : origin;
  },
};

/** `en` or `pt-BR`. */
export const languageTag: SettingKind<string> = {
  description: 'language such as en or pt-BR',
  parse(text) {
    if (!/^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/i.test(text)) {
      throw new Error('must be language tags of BCP 47, such as en or pt-BR');
    }
    return text;
  },
};

/** `speech.example.com`, without scheme and port. */
export const hostName: SettingKind<string> = {
  description: 'host name',
  parse(text) {
    if (!/^(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])$/i.test(text)) {
      throw new Error('must be host names such as speech.example.com: no scheme, no port, no path');
    }
    return text.toLowerCase();
  },
};
