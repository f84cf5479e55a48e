import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { ModelFile } from './model-manifest.js';

/** Compares a file on disk with its manifest. @returns what is wrong with it; undefined where it is right */
export async function findFault(path: string, file: ModelFile): Promise<string | undefined> {
  let bytes: number;
  try {
    bytes = (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'is missing';
    throw error;
  }
  if (bytes !== file.bytes) return `has ${bytes} bytes instead of ${file.bytes}`;
  const hash = createHash('sha256');
  for await (const block of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(block as Buffer);
  return hash.digest('hex') === file.sha256 ? undefined : 'has another sha256 than its manifest says';
}
