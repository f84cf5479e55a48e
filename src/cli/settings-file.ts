import { manifestSettings } from './manifest-settings.js';
import type { SettingsFile } from './settings-groups.js';

/**
 * Reads an env file (`NAME=value` lines), a mapping of YAML (`NAME: value`), a ConfigMap, or all that
 * `kubectl kustomize` prints.
 */
export function parseSettingsFile(content: string): SettingsFile {
  return manifestSettings(content) ?? envFileSettings(content);
}

/** Values may be quoted; `export` and comments are ignored. */
function envFileSettings(content: string): SettingsFile {
  const variables: Record<string, string> = {};
  const problems: string[] = [];
  for (const [index, line] of content.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [, name, value] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      // Not the line itself: it may be a part of a key.
      problems.push(`line ${index + 1} is not NAME=value`);
    } else {
      if (name in variables) problems.push(`${name} is set twice (again in line ${index + 1})`);
      variables[name] = unquote(value);
    }
  }
  return { groups: [{ title: '', variables }], problems, notes: [] };
}

function unquote(value: string): string {
  const quoted = /^(["'])(.*)\1(?:\s+#.*)?$/.exec(value)?.[2];
  return quoted ?? value.replace(/(^|\s+)#.*$/, '');
}
