import { settings } from '../config/settings.js';

/** A file's settings, and the names in it that are none. */
export interface SettingsFile {
  readonly variables: Readonly<Record<string, string>>;
  readonly unknown: readonly string[];
}

/**
 * Reads `NAME=value` lines (an env file) or `NAME: value` lines (the data of a ConfigMap). Values may be quoted;
 * `export`, comments and lines of other shapes, such as a ConfigMap's metadata, are passed over.
 */
export function parseSettingsFile(content: string): SettingsFile {
  const variables: Record<string, string> = {};
  const unknown: string[] = [];
  for (const line of content.split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?([A-Z][A-Z0-9_]*)\s*(?:=|:(?=\s|$))\s*(.*?)\s*$/.exec(line);
    const [, name, value] = match ?? [];
    if (name === undefined || value === undefined) continue;
    variables[name] = unquote(value);
    if (!(name in settings)) unknown.push(name);
  }
  return { variables, unknown };
}

function unquote(value: string): string {
  const quoted = /^(["'])(.*)\1(?:\s+#.*)?$/.exec(value)?.[2];
  return quoted ?? value.replace(/(^|\s+)#.*$/, '');
}
