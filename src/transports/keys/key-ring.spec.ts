import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConsoleLogger, Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Configuration } from '../../config/configuration.js';
import { readEnvironment } from '../../config/environment.js';
import { KeyRing } from './key-ring.js';

const row = (name: string, digit: string): string => `${name}=${digit.repeat(64)}\n`;
let folder: string;
let path: string;

beforeAll(() => Logger.overrideLogger(false));
afterAll(() => Logger.overrideLogger(new ConsoleLogger()));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keys-'));
  path = join(folder, 'keys');
});
afterEach(() => rm(folder, { recursive: true }));

const ringOf = (variables: Readonly<Record<string, string>>): KeyRing =>
  new KeyRing(new Configuration(readEnvironment(variables)));

/** The names of the keys after two looks. */
async function names(ring: KeyRing): Promise<string[]> {
  await ring.look();
  await ring.look();
  return ring.all.map(({ name }) => name);
}

describe('KeyRing', () => {
  it('is open without keys only', () => {
    expect([ringOf({}).isOpen, ringOf({}).count]).toEqual([true, 1]);
    const two = ringOf({ API_KEYS: row('a', '0') + row('b', '1') });
    expect([two.isOpen, two.count]).toEqual([false, 2]);
  });

  it('adds the keys of a file to those of API_KEYS, and follows the file', async () => {
    await writeFile(path, row('b', '1'));
    const ring = ringOf({ API_KEYS: row('a', '0'), API_KEYS_FILE: path });
    expect(ring.all.map(({ name }) => name)).toEqual(['a', 'b']);
    await writeFile(path, row('b', '1') + row('c', '2'));
    expect(await names(ring)).toEqual(['a', 'b', 'c']);
  });

  it('takes a changed file when it is the same in two looks, so not half written', async () => {
    await writeFile(path, row('a', '0') + row('b', '1'));
    const ring = ringOf({ API_KEYS_FILE: path });
    await writeFile(path, row('a', '0'));
    await ring.look();
    await writeFile(path, row('a', '0') + row('c', '2'));
    await ring.look();
    expect(ring.all.map(({ name }) => name)).toEqual(['a', 'b']);
    await ring.look();
    expect(ring.all.map(({ name }) => name)).toEqual(['a', 'c']);
  });

  it('follows a link that leads to another file, as Kubernetes mounts a Secret', async () => {
    await writeFile(join(folder, 'first'), row('a', '0'));
    await writeFile(join(folder, 'second'), row('b', '1'));
    await symlink('first', path);
    const ring = ringOf({ API_KEYS_FILE: path });
    await symlink('second', join(folder, 'next'));
    await rename(join(folder, 'next'), path);
    expect(await names(ring)).toEqual(['b']);
  });

  it('keeps its keys while the file is missing, empty or wrong', async () => {
    await writeFile(path, row('a', '0'));
    const ring = ringOf({ API_KEYS_FILE: path });
    await rm(path);
    expect(await names(ring)).toEqual(['a']);
    for (const content of ['', 'b=1\n']) {
      await writeFile(path, content);
      expect(await names(ring)).toEqual(['a']);
    }
    await writeFile(path, row('c', '2'));
    expect(await names(ring)).toEqual(['c']);
  });

  it('opens nothing when its last key is removed', async () => {
    await writeFile(path, row('a', '0'));
    const ring = ringOf({ API_KEYS_FILE: path });
    await writeFile(path, '# nobody\n');
    expect(await names(ring)).toEqual([]);
    expect(ring.isOpen).toBe(false);
  });

  it('ends the start for a file that is not there, or wrong', async () => {
    expect(() => ringOf({ API_KEYS_FILE: path })).toThrow(/API_KEYS_FILE cannot be read: ENOENT/);
    await writeFile(path, 'a=1');
    expect(() => ringOf({ API_KEYS_FILE: path })).toThrow(/API_KEYS_FILE must be a sha256/);
  });
});
