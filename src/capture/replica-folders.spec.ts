import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Captured, CapturedRow } from './captured-utterance.js';
import { ReplicaFolders } from './replica-folders.js';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'captures-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const hourMs = 3_600_000;
const now = Date.now();

function captured(id: string, at = now): Captured {
  const row = { id, file: `${id}.wav`, hypothesis: 'hello', request_id: id, client: 'c' };
  return {
    wav: new Uint8Array(100),
    row: { ...row, captured_at: new Date(at).toISOString() } as CapturedRow,
  };
}

async function replica(name: string): Promise<ReplicaFolders> {
  const folders = new ReplicaFolders(home, name, { bytes: 10_000, ageMs: 24 * hourMs });
  await folders.open();
  return folders;
}

/** The replica ended two hours ago. */
async function end(name: string): Promise<void> {
  const before = new Date(now - 2 * hourMs);
  await utimes(join(home, name, 'alive'), before, before);
}

describe('ReplicaFolders', () => {
  it('deletes what replicas have left that are gone: by request, and once it is too old', async () => {
    const gone = await replica('gone');
    await gone.add(captured('a', now - 20 * hourMs));
    await gone.add(captured('b', now - 10 * hourMs));
    await gone.add(captured('c', now - 10 * hourMs));
    await end('gone');
    const left = await replica('left');
    await left.add(captured('d'));
    expect(left.bytes).toBe(400);
    expect(await left.delete(({ request_id: id }) => id === 'b')).toBe(1);
    await left.tend(now + 5 * hourMs);
    expect(left.bytes).toBe(200);
    await left.tend(now + 15 * hourMs);
    expect(left.bytes).toBe(100);
    expect(await readdir(home)).toEqual(['left']);
  });

  it('is a folder of one replica at a time', async () => {
    await (await replica('gone')).add(captured('a'));
    await end('gone');
    const both = await Promise.all([replica('one'), replica('other')]);
    expect(both.map(({ bytes }) => bytes).sort()).toEqual([0, 100]);
    const counts = await Promise.all(both.map((each) => each.delete(() => true)));
    expect(counts.sort()).toEqual([0, 1]);
  });

  it('knows after a restart what it had taken over', async () => {
    await (await replica('gone')).add(captured('a'));
    await end('gone');
    await replica('left');
    const again = await replica('left');
    expect(await again.delete(({ request_id: id }) => id === 'a')).toBe(1);
  });

  it('leaves folders alone of replicas that live, and of people', async () => {
    await (await replica('lives')).add(captured('a'));
    await mkdir(join(home, 'labelled'));
    await writeFile(join(home, 'labelled', 'manifest.jsonl'), '');
    await writeFile(join(home, 'labelled', 'mine.wav'), 'x');
    await writeFile(join(home, 'notes.txt'), 'x');
    const left = await replica('left');
    expect(await left.delete(() => true)).toBe(0);
    expect((await readdir(home)).sort()).toEqual(['labelled', 'left', 'lives', 'notes.txt']);
    expect(await readFile(join(home, 'labelled', 'mine.wav'), 'utf8')).toBe('x');
  });
});
