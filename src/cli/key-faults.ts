import { readFile } from 'node:fs/promises';
import { keysOfFile, unreadableKeyFile } from '../config/key-file.js';
import type { KeyRow } from '../config/key-rows.js';
import { settings } from '../config/settings.js';
import type { ModelFaults } from './model-faults.js';

/**
 * Checks the file that API_KEYS_FILE names.
 * @param fileMustBeHere false for settings of another machine, whose files need not be on this one
 */
export async function findKeyFaults(
  variables: Readonly<Record<string, string | undefined>>,
  { fileMustBeHere }: { fileMustBeHere: boolean },
): Promise<ModelFaults> {
  const path = variables.API_KEYS_FILE ?? '';
  if (path === '') return { problems: [], notes: [] };
  try {
    keysOfFile(await readFile(path, 'utf8'), othersIn(variables.API_KEYS ?? ''));
    return { problems: [], notes: [] };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && !fileMustBeHere)
      return { problems: [], notes: [`the file ${path} is not on this machine: its keys were not checked`] };
    return {
      problems: [code === undefined ? (error as Error).message : unreadableKeyFile(error)],
      notes: [],
    };
  }
}

/** A wrong value is reported elsewhere. */
function othersIn(text: string): ReadonlyMap<string, KeyRow> {
  try {
    return settings.API_KEYS.kind.parse(text);
  } catch {
    return new Map();
  }
}
