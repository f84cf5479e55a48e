import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const named = process.env['HEARKEN_CORPUS'] || undefined;

/** The folder of the corpus: `manifest.jsonl`, its recordings, `formats/`. Undefined where HEARKEN_CORPUS names none. */
export const corpusFolder = named === undefined ? undefined : resolve(named);

if (corpusFolder !== undefined && !existsSync(`${corpusFolder}/manifest.jsonl`))
  throw new Error(`HEARKEN_CORPUS names ${corpusFolder}, where there is no manifest.jsonl.`);

/** For the titles of tests that are skipped without the corpus. */
export const withoutCorpus = corpusFolder === undefined ? ' (skipped: HEARKEN_CORPUS names no folder)' : '';
