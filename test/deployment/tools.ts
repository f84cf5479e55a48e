import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** Where test/tools/test-packages.sh puts what Debian does not have. */
const ownTools = resolve('.cache/bin');

/** The program's path, or undefined where this machine has none of that name. */
export function findTool(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', ownTools];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/**
 * For the title of what is left out where this machine lacks a program; empty where it has them all. Said aloud too:
 * titles of what is skipped are not always shown.
 */
export function missing(...names: readonly string[]): string {
  const absent = names.filter((name) => findTool(name) === undefined);
  if (absent.length === 0) return '';
  const reason = `left out: no ${absent.join(', no ')} here; test/tools/test-packages.sh installs`;
  console.warn(reason);
  return ` (${reason})`;
}
