import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** Where scripts/test-packages.sh puts what Debian does not have. */
const ownTools = resolve('.cache/bin');

/** The program's path, or undefined where this machine has none of that name. */
export function findTool(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', ownTools];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** For the title of a test that is left out. */
export function missing(...names: readonly string[]): string {
  const absent = names.filter((name) => findTool(name) === undefined);
  return absent.length === 0
    ? ''
    : ` (left out: no ${absent.join(', no ')} here; scripts/test-packages.sh installs)`;
}
