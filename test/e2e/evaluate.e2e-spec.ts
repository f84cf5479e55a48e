import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const clip = resolve('test/fixtures/sense-and-sensibility-0870.wav');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evaluate-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('evaluates readable recordings, lists the others, and records what the figures depend on', async () => {
  const text = await readFile(clip.replace('.wav', '.txt'), 'utf8');
  await writeFile(join(folder, 'not-audio.wav'), 'this is a text');
  const rows = [
    { file: 'missing.wav', text: 'nobody hears this' },
    { file: clip, text: text.trim() },
    { file: 'not-audio.wav', text: 'nor this' },
  ];
  await writeFile(join(folder, 'list.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
  const node = ['--import', './scripts/typescript-loader.mjs', 'src/cli/evaluate.ts'];
  const args = ['--manifest', join(folder, 'list.jsonl'), '--limit', '3', '--json', join(folder, 'run.json')];
  const ended = await new Promise<{ code: number; stdout: string; stderr: string }>((done) => {
    const env = { PATH: process.env['PATH'], ORT_DISABLE_TELEMETRY: '1', WORKERS: '1' };
    execFile(process.execPath, [...node, ...args], { env }, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
  expect(ended.stderr).toMatch(/missing\.wav: .*ENOENT.* \(FILE_MISSING\)/);
  expect(ended.stderr).toMatch(/not-audio\.wav: .* \(AUDIO_UNSUPPORTED_FORMAT\)/);
  expect(ended.stderr).not.toMatch(/\n\s+at /);
  // The run is whole, and says that it is not about all clips.
  expect(ended.code).toBe(1);
  expect(ended.stdout).toContain('clips that failed, and count in nothing above: 2');
  const run = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as Record<string, unknown>;
  const { version } = JSON.parse(await readFile('node_modules/onnxruntime-node/package.json', 'utf8')) as {
    version: string;
  };
  expect(run).toMatchObject({
    hearken: { version: '0.1.0' },
    onnxruntime: version,
    settings: { WORKERS: '1' },
    summary: { failures: 2, allSpeech: { clips: 1, errors: { deletions: 0 } } },
  });
  expect((run['clips'] as { failure?: string }[]).map(({ failure }) => failure)).toEqual([
    'FILE_MISSING',
    undefined,
    'AUDIO_UNSUPPORTED_FORMAT',
  ]);
  expect(run['request']).toEqual({ clips: 3, limit: 3, repeated: 0 });
});
