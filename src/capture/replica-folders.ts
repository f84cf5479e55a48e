import { randomUUID } from 'node:crypto';
import { readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaptureStore } from './capture-store.js';
import type { Captured, CapturedRow } from './captured-utterance.js';
import { FolderStore } from './folder-store.js';
import type { FolderLimits } from './folder-store.js';

/** Its replica writes it again at each `tend`. */
const signOfLife = 'alive';
/** A replica without a sign of life for this long is gone: several times the interval of `tend`. */
const goneAfterMs = 3_600_000;

/**
 * A folder of a replica's own, on a volume that replicas share. Replicas come and go: one that lives takes over the folders of
 * those that are gone, so that what they left is deleted as promised.
 */
export class ReplicaFolders implements CaptureStore {
  private readonly own: FolderStore;
  /** Folders of replicas that are gone, by their names. */
  private readonly inherited = new Map<string, FolderStore>();

  /** @param replica a name that no other replica has, and that is the same after a restart */
  constructor(
    private readonly home: string,
    private readonly replica: string,
    private readonly limits: FolderLimits,
  ) {
    this.own = new FolderStore(join(home, replica), limits);
  }

  get name(): string {
    return this.own.name;
  }

  get bytes(): number {
    return this.all.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async open(): Promise<void> {
    await this.own.open();
    this.inherited.clear();
    await this.tend(Date.now());
  }

  add(captured: Captured): Promise<void> {
    return this.own.add(captured);
  }

  async correct(which: (row: CapturedRow) => boolean, text: string): Promise<number> {
    let count = 0;
    for (const folder of this.all) count += await folder.correct(which, text);
    return count;
  }

  async delete(which: (row: CapturedRow) => boolean): Promise<number> {
    await this.inherit();
    let count = 0;
    for (const folder of this.all) count += await folder.delete(which);
    return count;
  }

  async tend(now: number): Promise<void> {
    await writeFile(join(this.own.name, signOfLife), '');
    await this.inherit();
    for (const folder of this.all) await folder.expire(now);
    for (const [name, folder] of this.inherited) {
      if (folder.count > 0) continue;
      await rm(folder.name, { recursive: true, force: true });
      this.inherited.delete(name);
    }
  }

  private get all(): readonly FolderStore[] {
    return [this.own, ...this.inherited.values()];
  }

  private async inherit(): Promise<void> {
    for (const found of await readdir(this.home)) {
      if (found === this.replica || this.inherited.has(found)) continue;
      const name = found.endsWith(`@${this.replica}`) ? found : await this.takeOver(found);
      if (name === undefined) continue;
      const folder = new FolderStore(join(this.home, name), this.limits);
      await folder.open();
      this.inherited.set(name, folder);
    }
  }

  /** @returns its new name; undefined if it has an owner, or is none of a replica */
  private async takeOver(found: string): Promise<string | undefined> {
    // The owner of an inherited folder gives a sign of life in its own.
    const owner = found.split('@').at(-1)!;
    const paths = [join(this.home, owner, signOfLife), join(this.home, found, signOfLife)];
    const [ownerSeenAt = 0, folderSeenAt] = await Promise.all(paths.map(changedAtMs));
    if (folderSeenAt === undefined || Date.now() - Math.max(ownerSeenAt, folderSeenAt) < goneAfterMs)
      return undefined;
    const name = `${randomUUID()}@${this.replica}`;
    try {
      await rename(join(this.home, found), join(this.home, name));
      return name;
    } catch (error) {
      // Another replica was faster.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }
}

/** Undefined: there is no such file. */
async function changedAtMs(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs;
  } catch {
    return undefined;
  }
}
