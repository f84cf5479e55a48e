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
 * For titles of tests that are skipped because this machine lacks a program; empty if it has them all. Printed as well:
 * titles of skipped tests are not always shown.
 */
export function missing(...names: readonly string[]): string {
  const absent = names.filter((name) => findTool(name) === undefined);
  if (absent.length === 0) return '';
  const reason = `left out: no ${absent.join(', no ')} here; test/tools/test-packages.sh installs`;
  console.warn(reason);
  return ` (${reason})`;
}
