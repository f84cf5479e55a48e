import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { ModelFile } from '../model-manifest.js';
import { PartialFile } from './partial-file.js';
import type { SourceOptions } from './source-options.js';

const blockBytes = 1 << 20;

/**
 * Copies files of a folder of this machine. They are copied rather than linked, so that an overwritten original does
 * not change the model.
 */
export async function copyFromFolder(
  source: string,
  wanted: readonly ModelFile[],
  folder: string,
  { signal, onBytes }: SourceOptions,
): Promise<void> {
  let copiedBytes = 0;
  for (const file of wanted) {
    const partial = await PartialFile.create(folder, file);
    try {
      const blocks = createReadStream(join(source, file.path), {
        highWaterMark: blockBytes,
        ...(signal && { signal }),
      });
      for await (const block of blocks) {
        await partial.write(block as Buffer);
        onBytes(copiedBytes + partial.bytes);
      }
      await partial.finish('in the folder');
    } catch (error) {
      await partial.discard();
      throw error;
    }
    copiedBytes += file.bytes;
  }
}
