import { parseKeyFile } from './key-rows.js';
import type { KeyRow } from './key-rows.js';

/**
 * The keys of `API_KEYS_FILE`, from its content.
 * @param others the keys of `API_KEYS`
 * @throws Error with a sentence that names the setting
 */
export function keysOfFile(
  content: string,
  others: ReadonlyMap<string, KeyRow>,
): ReadonlyMap<string, KeyRow> {
  // A file that is about to be written is empty for a moment; a comment is enough to say that no key is meant.
  if (content.trim() === '') throw new Error('API_KEYS_FILE is empty');
  let rows: ReadonlyMap<string, KeyRow>;
  try {
    rows = parseKeyFile(content);
  } catch (error) {
    throw new Error(`API_KEYS_FILE ${(error as Error).message}`, { cause: error });
  }
  const twice = [...rows.keys()].find((name) => others.has(name));
  if (twice !== undefined) throw new Error(`API_KEYS_FILE names ${twice}, which API_KEYS has too`);
  return rows;
}

export function unreadableKeyFile(error: unknown): string {
  return `API_KEYS_FILE cannot be read: ${(error as Error).message}`;
}
