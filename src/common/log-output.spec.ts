// @module-tag slow
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { resolveLogFormat } from './log-output.js';
import type { LogFormat } from './log-output.js';

/** The output of a process that logs one line. */
async function lineIn(format: LogFormat): Promise<string> {
  const program = `
    const { openLog } = await import('./src/common/log-output.ts');
    openLog('info', '${format}').warn({ workers: 2 }, 'a line');
    process.exit(0);`;
  const node = ['--import', './scripts/typescript-loader.mjs', '--input-type=module', '-e', program];
  return (await promisify(execFile)(process.execPath, node)).stdout;
}

describe('openLog', () => {
  it('writes numeric levels and times as pino does, or names of levels and ISO times', async () => {
    expect(JSON.parse(await lineIn('json'))).toMatchObject({ level: 40, time: expect.any(Number) as number });
    expect(JSON.parse(await lineIn('json-iso'))).toMatchObject({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
      workers: 2,
      msg: 'a line',
    });
  });

  it('writes one short line for a person before the process ends', async () => {
    expect(await lineIn('pretty')).toMatch(/^\S*\[\d\d:\d\d:\d\d\].*WARN.*a line.*"workers":2.*\n$/);
  });
});

describe('a log that cannot be written', () => {
  it('does not end the process, keeps few lines, and goes on once there is room', async () => {
    const program = `
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const { openLog } = await import('./src/common/log-output.ts');
      const log = openLog('info', 'json');
      const { writeSync } = fs;
      fs.writeSync = () => { throw Object.assign(new Error('no space left'), { code: 'ENOSPC' }); };
      for (let at = 0; at < 5_000; at++) log.info({ at, filler: 'x'.repeat(500) }, 'kept or discarded');
      fs.writeSync = writeSync;
      log.info('there is room');
      process.exit(0);`;
    const node = ['--import', './scripts/typescript-loader.mjs', '--input-type=module', '-e', program];
    const { stdout } = await promisify(execFile)(process.execPath, node, { maxBuffer: 16_000_000 });
    expect(stdout).toContain('"at":0,');
    expect(stdout).toContain('there is room');
    expect(stdout.length).toBeGreaterThan(500_000);
    expect(stdout.length).toBeLessThan(1_200_000);
  });
});

describe('resolveLogFormat', () => {
  it('resolves auto by whether the output is a terminal, and keeps any other format', () => {
    expect(resolveLogFormat('auto', true)).toBe('pretty');
    expect(resolveLogFormat('auto', false)).toBe('json');
    expect(resolveLogFormat('json-iso', true)).toBe('json-iso');
  });
});
