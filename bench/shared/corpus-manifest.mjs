import { join, resolve } from 'node:path';

/** The manifest of the corpus that HEARKEN_CORPUS names; undefined where it names none. */
export function corpusManifest() {
  const folder = process.env.HEARKEN_CORPUS || undefined;
  return folder && join(resolve(process.env.INIT_CWD ?? '', folder), 'manifest.jsonl');
}
