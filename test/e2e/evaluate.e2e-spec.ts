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

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function commandOf(command: string, args: readonly string[]): Promise<Ended> {
  const node = ['--import', './scripts/typescript-loader.mjs', `src/cli/${command}.ts`];
  const env = { PATH: process.env['PATH'], ORT_DISABLE_TELEMETRY: '1', WORKERS: '1' };
  return new Promise((done) => {
    execFile(process.execPath, [...node, ...args], { env }, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

it('evaluates readable recordings, lists the others, and records what the figures depend on', async () => {
  const text = await readFile(clip.replace('.wav', '.txt'), 'utf8');
  await writeFile(join(folder, 'not-audio.wav'), 'this is a text');
  const rows = [
    { file: 'missing.wav', text: 'nobody hears this' },
    { file: clip, text: text.trim() },
    { file: 'not-audio.wav', text: 'nor this' },
  ];
  await writeFile(join(folder, 'list.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
  const args = ['--manifest', join(folder, 'list.jsonl'), '--limit', '3', '--json', join(folder, 'run.json')];
  const bounds = ['--max-wer-of', 'all clips=99', '--max-wer-of', 'another set=5'];
  const ended = await commandOf('evaluate', [...args, ...bounds]);
  expect(ended.stderr).toContain('Not held: WER of another set: no clips, at most 5 %');
  expect(ended.stderr).not.toContain('WER of all clips');
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

it('measures degradations and settings as a grid, compares runs, and writes a page, aligned words and a gate', async () => {
  const text = (await readFile(clip.replace('.wav', '.txt'), 'utf8')).trim();
  const rows = ['0870', '0880'].map((name) => ({
    file: clip.replace('0870', name),
    text: name === '0870' ? text : 'these are not the words',
    room: name === '0870' ? 'small' : 'large',
  }));
  const path = (name: string): string => join(folder, name);
  await writeFile(path('grid.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
  const manifest = ['--manifest', path('grid.jsonl')];
  const grid = [
    '--degrade',
    'gain=-20',
    '--degrade',
    'telephone',
    '--set',
    'vad.threshold=0.5,0.6',
    '--slice',
    'room',
  ];
  const files = ['--json', path('a.json'), '--report', path('a.html'), '--words', path('a.jsonl')];
  const ended = await commandOf('evaluate', [...manifest, ...grid, ...files]);
  expect([ended.code, ended.stderr]).toEqual([0, expect.not.stringMatching(/error|\n\s+at /i)]);
  expect(ended.stdout).toMatch(/^room=small\s+1\s+\d+\s+\d+\.\d %/m);
  expect(ended.stdout).toMatch(/^VAD_THRESHOLD=0\.6 · telephone\s+\d/m);
  const { grid: cells, audioSha256 } = JSON.parse(await readFile(path('a.json'), 'utf8')) as {
    grid: unknown[];
    audioSha256: string;
  };
  expect(cells).toHaveLength(6);
  expect(audioSha256).toMatch(/^[0-9a-f]{64}$/);
  const page = await readFile(path('a.html'), 'utf8');
  expect(page).toContain('The worst clips');
  expect(page).toContain('src="data:audio/wav;base64,');
  expect(page).not.toMatch(/(?:src|href)="http/);
  const [first] = (await readFile(path('a.jsonl'), 'utf8')).split('\n');
  expect(JSON.parse(first!)).toMatchObject({
    words: expect.arrayContaining([expect.objectContaining({ type: 'correct' })]) as unknown,
  });
  const again = await commandOf('evaluate', [
    ...manifest,
    '--gate',
    path('a.json'),
    '--json',
    path('b.json'),
  ]);
  expect([again.code, again.stderr]).toEqual([0, expect.not.stringContaining('Not held')]);
  const compared = await commandOf('compare-evaluations', [path('a.json'), path('b.json')]);
  expect(compared.stdout).toContain('+0.00 points');
  const wrong = await commandOf('evaluate', [...manifest, '--degrade', 'snr=10']);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('needs noise')]);
});

it('explains what the service did with a recording, stage by stage, as text and as a picture', async () => {
  const page = join(folder, 'explained.html');
  const { code, stdout, stderr } = await commandOf('explain', [clip, '--picture', page]);
  expect([code, stderr]).toEqual([0, expect.not.stringMatching(/error|\n\s+at /i)]);
  for (const line of [
    /^1\. input .*linear16, 16000 Hz, 1 channel, 7\.10 s/m,
    /^2\. measured .*snrDb \d+.*bandwidthHz \d+/m,
    /^3\. gain +\+0\.0 dB/m,
    /^4\. speech +\d+ of 221 windows/m,
    /tokens: ".*" [01]\.\d\d/,
    /words: +And \(0\.\d+ s\)/,
    /^6\. text +And Mr\. John/m,
    /^7\. output .*meanLogProb -0\.\d+/m,
  ]) {
    expect(stdout).toMatch(line);
  }
  expect(await readFile(page, 'utf8')).toMatch(/<polyline[^>]*points="[\d.]+,[\d.]+ /);
  const missing = await commandOf('explain', [join(folder, 'absent.wav')]);
  expect([missing.code, missing.stderr]).toEqual([1, expect.stringMatching(/ENOENT/)]);
  expect((await commandOf('explain', [])).code).toBe(2);
});
