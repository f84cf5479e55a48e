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

describe('openLog', { timeout: 30_000 }, () => {
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

describe('resolveLogFormat', () => {
  it('resolves auto by whether the output is a terminal, and keeps any other format', () => {
    expect(resolveLogFormat('auto', true)).toBe('pretty');
    expect(resolveLogFormat('auto', false)).toBe('json');
    expect(resolveLogFormat('json-iso', true)).toBe('json-iso');
  });
});
