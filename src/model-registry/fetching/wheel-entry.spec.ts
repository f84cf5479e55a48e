import { randomBytes as noise } from 'node:crypto';
import { mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { zipOf } from '../../../test/support/wheel.js';
import { WrongContentError } from './partial-file.js';
import { readWheelEntry } from './wheel-entry.js';

const content = noise(500_000);
const files = { 'data/model.bin': content, 'data/model.bin.part2': Buffer.from('other') };

describe('readWheelEntry', () => {
  let folder: string;
  let wheel: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wheel-'));
    wheel = join(folder, 'some.whl');
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function read(zip: Buffer, name = 'data/model.bin', bytes = content.length): Promise<Buffer> {
    await writeFile(wheel, zip);
    const blocks: Buffer[] = [];
    const onBlock = (block: Buffer): Promise<void> => {
      blocks.push(block);
      return Promise.resolve();
    };
    await readWheelEntry(wheel, { name, bytes }, onBlock, undefined);
    return Buffer.concat(blocks);
  }
  async function expectRefused(zip: Buffer, reason: RegExp | string, bytes?: number): Promise<void> {
    const failure = read(zip, undefined, bytes);
    await expect(failure).rejects.toBeInstanceOf(WrongContentError);
    await expect(failure).rejects.toThrow(reason);
  }

  it.each([true, false])(
    'reads a file that is stored (%s) or deflated, and no other one',
    async (isStored) => {
      const zip = zipOf(files, { isStored });
      expect((await read(zip)).equals(content)).toBe(true);
      expect(String(await read(zip, 'data/model.bin.part2', 5))).toBe('other');
    },
  );

  it('finds the list of files of a zip that has a comment', async () => {
    const zip = zipOf(files);
    zip.writeUInt16LE(4, zip.length - 2);
    expect((await read(Buffer.concat([zip, Buffer.from('note')]))).equals(content)).toBe(true);
  });

  it('names a file that is missing', async () => {
    await expectRefused(zipOf({ '../data/model.bin': content }), 'the wheel has no file data/model.bin');
  });

  it('refuses a file of another size before it extracts it', async () => {
    const bomb = zipOf({ 'data/model.bin': Buffer.alloc(50_000_000) });
    await expectRefused(bomb, 'has 50000000 bytes in the wheel instead of 500000');
  });

  it('stops extracting a file that is longer than the wheel says', async () => {
    let extractedBytes = 0;
    await writeFile(
      wheel,
      zipOf({ 'data/model.bin': Buffer.alloc(50_000_000) }, { claim: { bytes: 500_000 } }),
    );
    const onBlock = (block: Buffer): Promise<void> => {
      extractedBytes += block.length;
      return Promise.resolve();
    };
    await expect(
      readWheelEntry(wheel, { name: 'data/model.bin', bytes: 500_000 }, onBlock, undefined),
    ).rejects.toThrow('is longer than the wheel says');
    expect(extractedBytes).toBeLessThanOrEqual(500_000);
  });

  it.each([
    ['shorter than the wheel says', { claim: { bytes: content.length + 1 } }, /length or checksum/, 1],
    ['of another checksum', { claim: { crc: 1 } }, /length or checksum/, 0],
    ['encrypted', { claim: { flags: 1 } }, /is not supported/, 0],
  ])('refuses a file that is %s', async (_, options, reason, moreBytes) => {
    await expectRefused(zipOf(files, options), reason, content.length + moreBytes);
  });

  it('refuses a file with damage inside', async () => {
    const zip = zipOf({ 'data/model.bin': Buffer.alloc(500_000, 'text') });
    zip.fill(0xff, 60, 100);
    await expectRefused(zip, /damaged in the wheel/);
  });

  it.each([0, 10, 21, 22, 1_000, 499_000])('refuses a wheel of its first %i bytes', async (bytes) => {
    await expectRefused(zipOf(files).subarray(0, bytes), 'the wheel is truncated, or is not a zip');
  });

  it('ends with a named refusal, whatever byte of its lists is another one', async () => {
    const whole = zipOf({ 'data/model.bin': Buffer.from('weights') });
    for (let at = 0; at < whole.length; at++) {
      for (const value of [0x00, 0x7f, 0xff]) {
        const zip = Buffer.from(whole);
        zip[at] = value;
        const text = await read(zip, undefined, 7).then(String, (error: unknown) => {
          expect(error).toBeInstanceOf(WrongContentError);
          return 'weights';
        });
        expect(text).toBe('weights');
      }
    }
  }, 30_000);

  it('refuses a list of files that is beyond every file', async () => {
    const zip = zipOf(files);
    const record = Buffer.alloc(56);
    record.write('PK\u0006\u0006');
    record.writeUInt32LE(1, 32);
    record.writeBigUInt64LE(2n ** 64n - 1n, 48);
    const locator = Buffer.alloc(20);
    locator.write('PK\u0006\u0007');
    locator.writeUInt32LE(zip.length - 22, 8);
    const zip64 = Buffer.concat([zip.subarray(0, -22), record, locator, zip.subarray(-22)]);
    await expectRefused(zip64, 'the list of files of the wheel is damaged');
  });

  it.runIf(process.platform === 'linux')('closes the wheel, also when it refuses it', async () => {
    const damaged = zipOf({ 'data/model.bin': Buffer.alloc(500_000, 'text') });
    damaged.fill(0xff, 60, 100);
    await expectRefused(damaged, /damaged in the wheel/);
    await expectRefused(zipOf(files).subarray(0, 1_000), /truncated/);
    await expectRefused(zipOf(files, { claim: { bytes: 400_000 } }), /longer/, 400_000);
    await read(zipOf(files));
    await vi.waitFor(async () => {
      const open = await readdir('/proc/self/fd');
      const paths = await Promise.all(open.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
      expect(paths).not.toContain(wheel);
    });
  });

  it('ends with the reason of its signal', async () => {
    await writeFile(wheel, zipOf(files));
    const signal = AbortSignal.abort(new Error('Interrupted.'));
    const entry = { name: 'data/model.bin', bytes: content.length };
    await expect(readWheelEntry(wheel, entry, () => Promise.resolve(), signal)).rejects.toThrow(
      'Interrupted.',
    );
  });
});
