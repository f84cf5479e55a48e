// @module-tag slow
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ffmpegProgram, hasFfmpeg, withoutFfmpeg } from '../../../../test/support/ffmpeg.js';
import { ConfigurationError } from '../../../config/environment.js';
import { findFfmpeg } from './find-ffmpeg.js';

async function problemOf(name: string, folders?: readonly string[]): Promise<string> {
  try {
    await findFfmpeg(name, folders);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems.join();
    throw error;
  }
  return 'none';
}

describe('findFfmpeg', () => {
  it('names a program that is not there, by name and by path', async () => {
    expect(await problemOf('no-such-ffmpeg')).toBe('FFMPEG is no-such-ffmpeg, and there is no such program');
    expect(await problemOf('/no/such/ffmpeg')).toContain('/no/such/ffmpeg');
  });

  it('names the programs that limit it, if they are missing', async () => {
    expect(await problemOf(process.execPath, ['/nowhere'])).toMatch(/prlimit and setpriv \(of util-linux\)/);
  });
});

describe.skipIf(!hasFfmpeg)(`findFfmpeg where ffmpeg is installed${withoutFfmpeg}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'programs-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('finds it on the path, and its version', async () => {
    const { program, version } = await findFfmpeg('ffmpeg');
    expect(program.ffmpeg).toMatch(/^\/.*\/ffmpeg$/);
    expect(version).toMatch(/^\S+$/);
    expect((await findFfmpeg(program.ffmpeg)).version).toBe(version);
  });

  it('rejects a program that is not ffmpeg', async () => {
    expect(await problemOf(ffmpegProgram.prlimit)).toMatch(/does not run, or is not ffmpeg/);
  });

  it('rejects a program that cannot be run', async () => {
    const broken = join(folder, 'ffmpeg');
    writeFileSync(broken, '#!/nowhere\n', { mode: 0o755 });
    expect(await problemOf(broken)).toMatch(/does not run, or is not ffmpeg/);
  });
});
