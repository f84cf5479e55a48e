import { spawnSync } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Captured, CapturedRow } from './captured-utterance.js';
import { FolderStore } from './folder-store.js';

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'captures-')), 'replica');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const dayMs = 86_400_000;
const limits = { bytes: 1_000, ageMs: 30 * dayMs };

function captured(id: string, bytes = 100, at = Date.now()): Captured {
  const row = { id, file: `${id}.wav`, hypothesis: 'hello', request_id: `request ${id}`, client: 'c' };
  return {
    wav: new Uint8Array(bytes),
    row: { ...row, captured_at: new Date(at).toISOString() } as CapturedRow,
  };
}

async function opened(given = limits): Promise<FolderStore> {
  const store = new FolderStore(folder, given);
  await store.open();
  return store;
}

async function files(): Promise<string[]> {
  return (await readdir(folder)).sort();
}

async function ids(): Promise<string[]> {
  const lines = (await readFile(join(folder, 'manifest.jsonl'), 'utf8')).trim().split('\n');
  return lines.filter((line) => line !== '').map((line) => (JSON.parse(line) as CapturedRow).id);
}

describe('FolderStore', () => {
  it('keeps audio and rows, and goes on after a restart', async () => {
    await (await opened()).add(captured('a'));
    const again = await opened();
    await again.add(captured('b'));
    expect(await ids()).toEqual(['a', 'b']);
    expect(again.bytes).toBe(200);
  });

  it('mends what a process left that was killed: half a row, audio without a row, a row without audio', async () => {
    const store = await opened();
    await store.add(captured('a'));
    await store.add(captured('lost'));
    await rm(join(folder, 'lost.wav'));
    await writeFile(join(folder, 'orphan.wav'), 'x');
    await writeFile(join(folder, 'b.wav.tmp'), 'x');
    await appendFile(join(folder, 'manifest.jsonl'), '{"id": "half", "fi');
    const mended = await opened();
    await mended.add(captured('c'));
    expect(await ids()).toEqual(['a', 'c']);
    expect(await files()).toEqual(['a.wav', 'c.wav', 'manifest.jsonl']);
  });

  it('deletes the oldest beyond its size, and what is too old', async () => {
    const store = await opened();
    await store.add(captured('old', 100, Date.now() - 31 * dayMs));
    for (const id of ['a', 'b', 'c']) await store.add(captured(id, 400));
    expect(await ids()).toEqual(['b', 'c']);
    expect(await files()).toEqual(['b.wav', 'c.wav', 'manifest.jsonl']);
  });

  it('deletes what it is asked to, audio and row', async () => {
    const store = await opened();
    for (const id of ['a', 'b', 'c']) await store.add(captured(id));
    expect(await store.delete(({ request_id: id }) => id === 'request b')).toBe(1);
    expect(await store.delete(({ request_id: id }) => id === 'request b')).toBe(0);
    expect(await files()).toEqual(['a.wav', 'c.wav', 'manifest.jsonl']);
    expect(await ids()).toEqual(['a', 'c']);
  });

  it('deletes what becomes too old without anything being added', async () => {
    const store = await opened();
    const now = Date.now();
    for (const id of ['a', 'b']) await store.add(captured(id, 100, now - (id === 'a' ? 2 : 0) * dayMs));
    await store.expire(now + 29 * dayMs);
    expect(await ids()).toEqual(['b']);
    expect(await files()).toEqual(['b.wav', 'manifest.jsonl']);
  });

  it('gives a row its right text', async () => {
    const store = await opened();
    await store.add(captured('a'));
    expect(await store.correct(({ id }) => id === 'a', 'hello world')).toBe(1);
    expect(await store.correct(({ id }) => id === 'b', 'hello world')).toBe(0);
    const [row] = (await readFile(join(folder, 'manifest.jsonl'), 'utf8')).trim().split('\n');
    expect(JSON.parse(row!)).toMatchObject({ id: 'a', file: 'a.wav', text: 'hello world' });
  });

  it('keeps neither audio nor a row where the folder cannot be written', async () => {
    const store = await opened();
    await rm(folder, { recursive: true });
    await writeFile(folder, 'a file in place of the folder');
    await expect(store.add(captured('a'))).rejects.toThrow();
    expect(store.bytes).toBe(0);
  });

  describe('on a full disk', () => {
    let disk: string;
    const pageBytes = 4_096;
    const diskBytes = 20 * pageBytes;
    let isMounted = false;
    beforeEach(async () => {
      disk = await mkdtemp(join(tmpdir(), 'disk-'));
      folder = join(disk, 'replica');
      const options = `size=${diskBytes}`;
      isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk]).status === 0;
    });
    afterEach(async () => {
      if (isMounted) spawnSync('umount', [disk]);
      await rm(disk, { recursive: true, force: true });
    });

    it('writes no half row, deletes what it is asked to, and goes on', async ({ skip }) => {
      if (!isMounted) skip('mounting a disk needs root');
      const store = await opened({ bytes: 10_000_000, ageMs: dayMs });
      await mkdir(join(disk, 'others'));
      await store.add(captured('a', 8 * pageBytes));
      // What is left takes the audio of one page, and a part of the row.
      await writeFile(join(disk, 'others', 'filler'), new Uint8Array(9 * pageBytes));
      const long = captured('b', 100);
      const row = { ...long.row, hypothesis: 'word '.repeat(3 * pageBytes) };
      await expect(store.add({ ...long, row })).rejects.toThrow(/ENOSPC/);
      expect(await ids()).toEqual(['a']);
      expect(await files()).toEqual(['a.wav', 'manifest.jsonl']);
      await store.add(captured('c', 100));
      expect(await ids()).toEqual(['a', 'c']);
      // Not one byte more fits.
      await writeFile(join(disk, 'others', 'rest'), new Uint8Array(diskBytes)).catch(() => undefined);
      await expect(store.add(captured('d', 100))).rejects.toThrow(/ENOSPC/);
      expect(await store.delete(({ id }) => id === 'a')).toBe(1);
      expect(await ids()).toEqual(['c']);
      expect(await files()).toEqual(['c.wav', 'manifest.jsonl']);
    });
  });
});
