import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Captured, CapturedRow } from './captured-utterance.js';

const manifestName = 'manifest.jsonl';
/** Share of the bytes allowed that is left when there were too many. */
const shareAfterShrinking = 0.95;

export interface FolderLimits {
  /** Of audio. */
  readonly bytes: number;
  readonly ageMs: number;
}

/**
 * A folder with WAV files and `manifest.jsonl`. A file is complete before its row is written, and a row is a whole line or not
 * there: a process that is killed in the middle leaves at most a file without a row, which is removed at the next start. One
 * process writes into a folder.
 */
export class FolderStore {
  private readonly sizes = new Map<string, number>();
  private rows: CapturedRow[] = [];

  constructor(
    readonly name: string,
    private readonly limits: FolderLimits,
  ) {}

  /** Captures in it. */
  get count(): number {
    return this.rows.length;
  }

  /** Bytes of audio. */
  get bytes(): number {
    let sum = 0;
    for (const size of this.sizes.values()) sum += size;
    return sum;
  }

  /** Mends what a process left that was killed. @throws Error when it cannot be used now */
  async open(): Promise<void> {
    await mkdir(this.name, { recursive: true });
    const content = await readFile(join(this.name, manifestName), 'utf8').catch(missing);
    this.rows = rowsOf(content);
    this.sizes.clear();
    const known = new Set(this.rows.map(({ file }) => file));
    for (const file of await readdir(this.name)) {
      if (file === manifestName) continue;
      if (known.has(file)) this.sizes.set(file, (await stat(join(this.name, file))).size);
      else if (/\.(?:wav|tmp)$/.test(file)) await rm(join(this.name, file), { force: true });
    }
    const whole = this.rows.filter(({ file }) => this.sizes.has(file));
    // A full disk has no room for a copy, and must not keep the rest from being deleted.
    if (whole.map(lineOf).join('') !== content) await this.rewrite(whole);
  }

  /** Keeps both or neither. @throws Error when it cannot */
  async add({ row, wav }: Captured): Promise<void> {
    await this.writeWhole(row.file, wav);
    try {
      await this.append(row);
    } catch (error) {
      await rm(join(this.name, row.file), { force: true });
      throw error;
    }
    this.rows.push(row);
    this.sizes.set(row.file, wav.length);
    if (this.bytes > this.limits.bytes) await this.shrink();
  }

  /** Deletes what is too old. @param now Unix time, ms */
  async expire(now: number): Promise<void> {
    await this.delete((row) => now - Date.parse(row.captured_at) > this.limits.ageMs);
  }

  /** Gives rows their right text. @returns how many rows have it now */
  async correct(which: (row: CapturedRow) => boolean, text: string): Promise<number> {
    const right = new Set(this.rows.filter(which));
    if (right.size > 0) await this.rewrite(this.rows.map((row) => (right.has(row) ? { ...row, text } : row)));
    return right.size;
  }

  /** Deletes audio and rows. @returns how many were there */
  async delete(which: (row: CapturedRow) => boolean): Promise<number> {
    const gone = this.rows.filter(which);
    if (gone.length === 0) return 0;
    const names = new Set(gone.map(({ file }) => file));
    const left = this.rows.filter(({ file }) => !names.has(file));
    try {
      // The rows first: a row without a file would be a fault of the manifest.
      await this.rewrite(left);
      await this.remove(names);
    } catch {
      // A full disk takes a shorter manifest only once the audio is gone.
      await this.remove(names);
      await this.rewrite(left);
    }
    return gone.length;
  }

  /** The oldest go first. Some room is made at once, because each time the manifest is written anew. */
  private async shrink(): Promise<void> {
    let total = this.bytes;
    const gone = new Set<string>();
    for (const { file } of this.rows) {
      if (total <= this.limits.bytes * shareAfterShrinking) break;
      gone.add(file);
      total -= this.sizes.get(file) ?? 0;
    }
    await this.delete(({ file }) => gone.has(file));
  }

  private async remove(files: ReadonlySet<string>): Promise<void> {
    for (const file of files) {
      await rm(join(this.name, file), { force: true });
      this.sizes.delete(file);
    }
  }

  private async rewrite(rows: readonly CapturedRow[]): Promise<void> {
    await this.writeWhole(manifestName, Buffer.from(rows.map(lineOf).join('')));
    this.rows = [...rows];
  }

  private async append(row: CapturedRow): Promise<void> {
    const file = await open(join(this.name, manifestName), 'a');
    try {
      const { size } = await file.stat();
      try {
        await file.appendFile(lineOf(row));
        await file.datasync();
      } catch (error) {
        // A full disk takes half a row; the next one would go on in its line.
        await file.truncate(size);
        throw error;
      }
    } finally {
      await file.close();
    }
  }

  /** A reader sees the whole file, or none. */
  private async writeWhole(name: string, bytes: Uint8Array): Promise<void> {
    const path = join(this.name, name);
    const draft = `${path}.tmp`;
    try {
      const file = await open(draft, 'w');
      try {
        await file.writeFile(bytes);
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }
}

function lineOf(row: CapturedRow): string {
  return `${JSON.stringify(row)}\n`;
}

/** The last line may be half of one. */
function rowsOf(content: string): CapturedRow[] {
  return content.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as CapturedRow];
    } catch {
      return [];
    }
  });
}

function missing(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return '';
  throw error;
}
