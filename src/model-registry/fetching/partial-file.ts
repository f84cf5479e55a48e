import { createHash, randomUUID } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelFile } from '../model-manifest.js';

/** The content is not the manifest's: asking for more of it does not help. */
export class WrongContentError extends Error {
  override readonly name = 'WrongContentError';
}

/** Files that an earlier run left are removed when they are older than this. */
const abandonedAfterMs = 3_600_000;
/** A run writes to its file more often than this, or gives it up: an older file has no owner. */
const ownerlessAfterMs = 600_000;

/**
 * A file on its way into a model's folder. It has a name of its own, so that several runs on one folder do not meet, and
 * gets the manifest's name only when size and hash are right. Exactly one of `finish`, `discard` and `keep` ends it.
 */
export class PartialFile {
  private hash: Hash = createHash('sha256');
  private written = 0;

  private constructor(
    private readonly folder: string,
    private readonly file: ModelFile,
    private readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  static async create(folder: string, file: ModelFile): Promise<PartialFile> {
    const path = join(folder, `${prefixOf(file)}${randomUUID()}.partial`);
    return new PartialFile(folder, file, path, await open(path, 'ax'));
  }

  /** The longest of what earlier runs left of this file, which then is this run's own; a new file where there is none. */
  static async resume(folder: string, file: ModelFile): Promise<PartialFile> {
    for (const name of await leftovers(folder, file)) {
      const path = join(folder, `${prefixOf(file)}${randomUUID()}.partial`);
      try {
        // One of several runs gets it.
        await rename(join(folder, name), path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
        throw error;
      }
      const partial = new PartialFile(folder, file, path, await open(path, 'a'));
      await partial.readBack();
      return partial;
    }
    return PartialFile.create(folder, file);
  }

  /** Bytes of the beginning that are there. */
  get bytes(): number {
    return this.written;
  }

  /** @throws WrongContentError where the file becomes longer than the manifest says */
  async write(block: Uint8Array): Promise<void> {
    if (this.written + block.length > this.file.bytes)
      throw new WrongContentError(`${this.file.path} is longer than the manifest's ${this.file.bytes} bytes`);
    this.hash.update(block);
    await this.handle.appendFile(block);
    this.written += block.length;
  }

  /** Forgets what is there. */
  async restart(): Promise<void> {
    await this.handle.truncate(0);
    this.hash = createHash('sha256');
    this.written = 0;
  }

  /**
   * Gives the file its name.
   * @param origin for the message: `in the package`
   * @throws WrongContentError where it is not the manifest's; it can then be started anew
   */
  async finish(origin: string): Promise<void> {
    const { path, bytes, sha256 } = this.file;
    if (this.written !== bytes)
      throw new WrongContentError(`${path} has ${this.written} bytes ${origin} instead of ${bytes}`);
    if (this.hash.copy().digest('hex') !== sha256)
      throw new WrongContentError(`${path} has another sha256 ${origin} than in the manifest`);
    await this.handle.close();
    await rename(this.path, join(this.folder, path));
  }

  async discard(): Promise<void> {
    await this.handle.close();
    await rm(this.path, { force: true });
  }

  /** Leaves what is there for a later run. */
  async keep(): Promise<void> {
    if (this.written === 0) return this.discard();
    await this.handle.close();
    await rename(this.path, join(this.folder, keptName(this.file)));
  }

  private async readBack(): Promise<void> {
    for await (const block of createReadStream(this.path, { highWaterMark: 1 << 20 })) {
      this.hash.update(block as Buffer);
      this.written += (block as Buffer).length;
    }
    if (this.written > this.file.bytes) await this.restart();
  }
}

/** Removes what interrupted runs left long ago, but for what `resume` would go on with. */
export async function removeAbandoned(folder: string, resumable: readonly ModelFile[]): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.partial') || resumable.some((file) => name.startsWith(prefixOf(file)))) continue;
    const path = join(folder, name);
    if ((await ageMs(path)) > abandonedAfterMs) await rm(path, { recursive: true, force: true });
  }
}

/** The path of a folder for what a run needs on the way, which `removeAbandoned` finds like a partial file. */
export function partialFolder(folder: string): string {
  return join(folder, `.${randomUUID()}.partial`);
}

/** Removes what earlier runs left of a file that is there now. */
export async function removeLeftovers(folder: string, file: ModelFile): Promise<void> {
  for (const name of await leftovers(folder, file)) await rm(join(folder, name), { force: true });
}

/** The hash is part of the name, so that nothing is resumed with the content of another version. */
function prefixOf({ path, sha256 }: ModelFile): string {
  return `.${path}.${sha256.slice(0, 12)}.`;
}

function keptName(file: ModelFile): string {
  return `${prefixOf(file)}kept.partial`;
}

/** Longest first. */
async function leftovers(folder: string, file: ModelFile): Promise<string[]> {
  const found: { name: string; bytes: number }[] = [];
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefixOf(file)) || !name.endsWith('.partial')) continue;
    const path = join(folder, name);
    if (name !== keptName(file) && (await ageMs(path)) < ownerlessAfterMs) continue;
    const bytes = await stat(path).then(
      ({ size }) => size,
      () => 0,
    );
    found.push({ name, bytes });
  }
  return found.sort((one, other) => other.bytes - one.bytes).map(({ name }) => name);
}

async function ageMs(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
}
