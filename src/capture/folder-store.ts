import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaptureStore } from './capture-store.js';
import type { Captured, CapturedRow } from './captured-utterance.js';

const manifestName = 'manifest.jsonl';

/**
 * A folder with WAV files and `manifest.jsonl`. A file is complete before its row is written, and a row is a whole line or not
 * there: a process that is killed in the middle leaves at most a file without a row, which is removed at the next start. One
 * process writes into a folder.
 */
export class FolderStore implements CaptureStore {
  private readonly sizes = new Map<string, number>();
  private rows: CapturedRow[] = [];

  constructor(
    readonly name: string,
    private readonly limits: { readonly bytes: number; readonly ageMs: number },
  ) {}

  get bytes(): number {
    let sum = 0;
    for (const size of this.sizes.values()) sum += size;
    return sum;
  }

  async open(): Promise<void> {
    await mkdir(this.name, { recursive: true });
    this.rows = rowsOf(await readFile(join(this.name, manifestName), 'utf8').catch(missing));
    this.sizes.clear();
    const known = new Set(this.rows.map(({ file }) => file));
    for (const file of await readdir(this.name)) {
      if (file === manifestName) continue;
      if (known.has(file)) this.sizes.set(file, (await stat(join(this.name, file))).size);
      else if (/\.(?:wav|tmp)$/.test(file)) await rm(join(this.name, file), { force: true });
    }
    await this.rewrite(this.rows.filter(({ file }) => this.sizes.has(file)));
  }

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
    await this.keepLimits(Date.parse(row.captured_at));
  }

  async correct(requestId: string, text: string): Promise<number> {
    const count = this.rows.filter(({ request_id: id }) => id === requestId).length;
    if (count === 0) return 0;
    await this.rewrite(this.rows.map((row) => (row.request_id === requestId ? { ...row, text } : row)));
    return count;
  }

  async delete(which: (row: CapturedRow) => boolean): Promise<number> {
    const gone = this.rows.filter(which);
    if (gone.length === 0) return 0;
    // The rows first: a row without a file would be a fault of the manifest.
    await this.rewrite(this.rows.filter((row) => !gone.includes(row)));
    for (const { file } of gone) {
      await rm(join(this.name, file), { force: true });
      this.sizes.delete(file);
    }
    return gone.length;
  }

  /** The oldest go first. */
  private async keepLimits(now: number): Promise<void> {
    const { bytes, ageMs } = this.limits;
    let total = this.bytes;
    const gone = new Set<CapturedRow>();
    for (const row of this.rows) {
      if (now - Date.parse(row.captured_at) <= ageMs && total <= bytes) break;
      gone.add(row);
      total -= this.sizes.get(row.file) ?? 0;
    }
    if (gone.size > 0) await this.delete((row) => gone.has(row));
  }

  private async rewrite(rows: readonly CapturedRow[]): Promise<void> {
    await this.writeWhole(manifestName, Buffer.from(rows.map(lineOf).join('')));
    this.rows = [...rows];
  }

  private async append(row: CapturedRow): Promise<void> {
    const file = await open(join(this.name, manifestName), 'a');
    try {
      await file.appendFile(lineOf(row));
      await file.datasync();
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
