import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';

const pages = ['README.md', 'docs/api/rest.md', 'docs/api/deepgram.md', 'docs/api/openai-realtime.md'];
const requirements = 'test/clients/python/requirements/readme.txt';
/** test/tools/test-clients.sh installs there what the requirements name. */
const pythonPackages = '.cache/clients/python/readme';

interface Example {
  readonly title: string;
  readonly language: 'js' | 'python';
  readonly code: string;
}

/** The examples of a page that run on a terminal against a service of one's own: no browser, and no proxy with TLS. */
function examplesOf(page: string): Example[] {
  const blocks = [...readFileSync(page, 'utf8').matchAll(/^```(js|python)\n(.*?)^```$/gms)];
  return blocks
    .map(([, language, code = ''], index) => ({
      title: `${page}, ${language} example ${index + 1}`,
      language: language as Example['language'],
      code,
    }))
    .filter(({ code }) => !/AudioContext|https:\/\/speech\.example/.test(code));
}

const examples = pages.flatMap(examplesOf);
const pythonIsThere = existsSync(`${resolve(pythonPackages)}/openai`);
const leftOut = pythonIsThere
  ? ''
  : ' (left out: test/tools/test-clients.sh has not installed their packages)';

let running: RunningApp;
let folder: string;
beforeAll(async () => {
  running = await startApp({});
  // Below the repository, so that its packages are found, as README.md says.
  await mkdir('.cache', { recursive: true });
  folder = await mkdtemp(join('.cache', 'examples-'));
});
afterAll(async () => {
  await running.close();
  await rm(folder, { recursive: true });
});

async function run({ language, code }: Example): Promise<string> {
  const path = join(folder, language === 'js' ? 'try.mjs' : 'try.py');
  await writeFile(path, code.replaceAll('127.0.0.1:8080', new URL(running.url).host));
  const env = { ...process.env, PYTHONPATH: resolve(pythonPackages), PYTHONUNBUFFERED: '1' };
  const program = language === 'js' ? process.execPath : 'python3';
  const { stdout, stderr } = await promisify(execFile)(program, [path], { env, timeout: 90_000 });
  expect(stderr).toBe('');
  return stdout;
}

describe('the examples in JavaScript', () => {
  it.each(examples.filter(({ language }) => language === 'js'))(
    'run as they stand: $title',
    async (example) => {
      expect(await run(example)).toMatch(/Dashwood/);
    },
  );
});

describe.skipIf(!pythonIsThere)(`the examples in Python${leftOut}`, () => {
  it.each(examples.filter(({ language }) => language === 'python'))(
    'run as they stand: $title',
    async (example) => {
      expect(await run(example)).toMatch(/Dashwood/);
    },
  );
});

describe('README.md', () => {
  const readme = readFileSync('README.md', 'utf8');

  it('has an example for each protocol in both languages, and one that is live', () => {
    const own = examplesOf('README.md');
    for (const language of ['js', 'python'] as const) {
      const codes = own.filter((example) => example.language === language).map(({ code }) => code);
      for (const package_ of ['openai', 'deepgram', 'interim_results'])
        expect(
          codes.filter((code) => code.toLowerCase().includes(package_)).length,
          package_,
        ).toBeGreaterThan(0);
    }
  });

  it('prints words of the live examples while they are spoken', async () => {
    const live = examplesOf('README.md').filter(({ code }) => code.includes('interim_results'));
    const example = live.find(({ language }) => language === 'js');
    const lines = (await run(example!)).split('\r').map((line) => line.trim());
    // Interim texts, and the final one over them.
    expect(lines.filter((line) => line !== '').length).toBeGreaterThan(1);
  });

  it('says what to install, and the tests run with no less', () => {
    const npm = /`npm install ([^`]+)`/.exec(readme)?.[1]?.split(' ') ?? [];
    const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
      string,
      Record<string, string>
    >;
    expect(npm).not.toEqual([]);
    for (const name of npm) expect({ ...dependencies, ...devDependencies }).toHaveProperty([name]);
    const pip = /`pip install ([^`]+)`/.exec(readme)?.[1]?.split(' ') ?? [];
    const required = readFileSync(requirements, 'utf8').trim().split('\n');
    expect(required.map((line) => line.split('==')[0])).toEqual(pip);
  });
});
