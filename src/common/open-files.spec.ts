// @module-tag slow
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openFilesLimit, tooFewOpenFiles } from './open-files.js';

const table = (limit: string): string =>
  `Limit                     Soft Limit           Hard Limit           Units\nMax open files            ${limit}                ${limit}                files\n`;

describe('openFilesLimit', () => {
  it('is the soft limit, and unknown where there is none or no table', () => {
    expect(openFilesLimit(table('1024'))).toBe(1_024);
    expect(openFilesLimit(table('unlimited'))).toBeUndefined();
    expect(openFilesLimit('')).toBeUndefined();
  });
});

describe('tooFewOpenFiles', () => {
  it('names the limit and what is needed', () => {
    expect(tooFewOpenFiles(undefined)).toBeUndefined();
    expect(tooFewOpenFiles(256)).toBeUndefined();
    expect(tooFewOpenFiles(128)).toMatch(/only 128 files \(ulimit -n\)\. It needs 256/);
  });

  it.skipIf(!existsSync('/proc/self/limits')).each([64, 128])(
    'is all that the service says where it may open %i files',
    (limit) => {
      const start = [process.execPath, '--import', './scripts/typescript-loader.mjs', 'src/main.ts'];
      const limited = ['-c', `ulimit -n ${limit}; exec "$@"`, 'sh', ...start];
      const { status, stderr } = spawnSync('sh', limited, {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], PORT: '0' },
        timeout: 60_000,
      });
      expect([status, stderr]).toEqual([1, expect.stringContaining(`only ${limit} files`)]);
      expect(stderr.trim().split('\n')).toHaveLength(1);
    },
    90_000,
  );
});
