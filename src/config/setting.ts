/** What a setting's text may be: how it is read, and how the documentation names it. */
export interface SettingKind<T> {
  /** For the documentation: `whole number, 1 to 65535`. */
  readonly description: string;
  /** @throws Error with the reason, without the name of the setting */
  parse(text: string): T;
}

/** One environment variable: its documentation stands beside its parser, so that neither is forgotten. */
export interface Setting<T> {
  readonly kind: SettingKind<T>;
  /** In the form in which one would write it; undefined where nothing stands for "not set". */
  readonly fallback: string;
  readonly meaning: string;
  /** Never printed. */
  readonly secret?: boolean;
  /** Measured and decided; there to be measured again, not to be set by who runs the service. */
  readonly experiment?: boolean;
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

/** What parts items: a comma, or the end of a line, as in a block of YAML. */
const betweenItems = /[,\n]/;

/** `a, b, c`; an empty text is an empty list. */
export function listOf<T>(item: SettingKind<T>): SettingKind<readonly T[]> {
  return {
    description: `comma-separated list (each: ${item.description})`,
    parse: (text) =>
      text
        .split(betweenItems)
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
      for (const part of text.split(betweenItems).map((piece) => piece.trim())) {
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

/** `https://app.example.com`, as browsers send it; also `*`, and `null` for pages without an origin. */
export const webOrigin: SettingKind<string> = {
  description: 'scheme://host or scheme://host:port, or *',
  parse(text) {
    if (text === '*' || text === 'null') return text;
    // Other schemes than the web's have no origin to a URL: browser extensions, applications.
    const form = /^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s]+\/?$/i;
    if (!form.test(text) || !URL.canParse(text)) {
      throw new Error('must be origins such as https://app.example.com: a scheme and a host, without a path');
    }
    const { origin } = new URL(text);
    return origin === 'null' ? text.replace(/\/$/, '').toLowerCase() : origin;
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
