import type { ModelFile } from '../model-manifest.js';
import { PartialFile, removeLeftovers, WrongContentError } from './partial-file.js';
import type { SourceOptions } from './source-options.js';

/** A source that can continue a file where an interrupted run stopped. */
export interface ResumableSource {
  /** Where its files are, for messages: `at its address`. */
  readonly origin: string;
  /** Address of a file for messages, if each file has its own. */
  addressOf?(file: ModelFile): string;
  /**
   * Writes what the beginning of a file lacks. The beginning can be of an earlier run.
   * @param onProgress to call after each block
   * @throws WrongContentError where the source has another content
   */
  receive(file: ModelFile, partial: PartialFile, onProgress: () => void): Promise<void>;
}

/**
 * Fetches files one after the other, continues what an interrupted run has left, and verifies each.
 * @throws WrongContentError where a file is not the manifest's: nothing of it is kept; after any other failure, which
 * `receive` throws, a later run continues it. With an address, the error is an Error that begins with it.
 */
export async function fetchEach(
  source: ResumableSource,
  wanted: readonly ModelFile[],
  folder: string,
  onBytes: SourceOptions['onBytes'],
): Promise<void> {
  let earlierBytes = 0;
  for (const file of wanted) {
    const partial = await PartialFile.resume(folder, file);
    try {
      await receiveWhole(source, file, partial, () => {
        onBytes(earlierBytes + partial.bytes);
      });
    } catch (error) {
      if (error instanceof WrongContentError) await partial.discard();
      else await partial.keep();
      const address = source.addressOf?.(file);
      if (address === undefined) throw error;
      throw new Error(`${address}: ${(error as Error).message}`, { cause: error });
    }
    await removeLeftovers(folder, file);
    earlierBytes += file.bytes;
  }
}

async function receiveWhole(
  source: ResumableSource,
  file: ModelFile,
  partial: PartialFile,
  onProgress: () => void,
): Promise<void> {
  const isResumed = partial.bytes > 0;
  await source.receive(file, partial, onProgress);
  try {
    await partial.finish(source.origin);
  } catch (error) {
    // The beginning can belong to content that was replaced since, or a run that was killed has not written it wholly.
    if (!isResumed || !(error instanceof WrongContentError)) throw error;
    await partial.restart();
    await source.receive(file, partial, onProgress);
    await partial.finish(source.origin);
  }
}
