// @module-tag once
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { lstat, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { missing } from '../deployment/tools.js';
import { runCommandOf } from '../support/command.js';
import { TestImage } from '../support/image.js';
import type { RunningContainer } from '../support/image.js';
import { transcribe } from '../support/transcribe.js';
import { wordsOf } from '../support/words.js';

const clip = 'test/fixtures/sense-and-sensibility-0870';
const largestBytes = 600e6;
const open = { ALLOW_OPEN: 'true' };

function whyLeftOut(): string {
  const lacking = missing('buildah', 'debootstrap', 'unshare', 'nsenter');
  if (lacking !== '') return lacking;
  // Root of a container of somebody else's may not mount anything, and so can build none.
  if (spawnSync('unshare', ['--mount', '--net', 'true']).status === 0) return '';
  const reason = 'left out: building and running an image needs root, and the right to mount';
  console.warn(reason);
  return ` (${reason})`;
}
const leftOut = whyLeftOut();

interface Component {
  readonly type: string;
  readonly name: string;
  readonly group?: string;
  readonly purl?: string;
  readonly licenses?: readonly unknown[];
}

async function componentsOf({ root }: TestImage): Promise<readonly Component[]> {
  const text = await readFile(join(root, 'app/bill-of-materials.cdx.json'), 'utf8');
  return (JSON.parse(text) as { components: readonly Component[] }).components;
}

/** Names of the packages of Debian. */
function debianOf(components: readonly Component[]): string[] {
  return components.filter(({ purl }) => purl?.startsWith('pkg:deb/') === true).map(({ name }) => name);
}

describe.skipIf(leftOut !== '')(`the image${leftOut}`, () => {
  let folder: string;
  let image: TestImage;
  const containers: RunningContainer[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'image-'));
    const own = join(folder, 'own-models');
    const add = ['models/moonshine-tiny-en/1', '--family', 'moonshine', '--id', 'my-model'];
    const added = await runCommandOf('add-model', add, { MODELS_FOLDER: own });
    if (added.code !== 0) throw new Error(added.stderr);
    const models = [
      '--build-context',
      `own-models=${own}`,
      '--build-arg',
      'MODELS=moonshine-tiny-en,my-model',
    ];
    image = await TestImage.build(folder, ...models);
  }, 1_200_000);
  afterEach(async () => {
    for (const container of containers.splice(0)) {
      container.kill();
      await container.exitCode;
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  function started(container: RunningContainer): RunningContainer {
    containers.push(container);
    return container;
  }

  it('runs without privileges, has a health check, and stops on SIGTERM', () => {
    const { config } = image;
    expect(config.User).toBe('65532:65532');
    expect(config.StopSignal).toBe('SIGTERM');
    expect(config.ExposedPorts).toEqual({ '8080/tcp': {} });
    expect(config.Env).toEqual(
      expect.arrayContaining(['ORT_DISABLE_TELEMETRY=1', 'MALLOC_ARENA_MAX=2', 'NODE_ENV=production']),
    );
    expect(config.Healthcheck.Test).toEqual(['CMD', 'node', 'scripts/health-check.mjs']);
    expect(config.Labels).toMatchObject({
      'org.opencontainers.image.title': 'Hearken',
      'org.opencontainers.image.version': '1.2.3',
      'org.opencontainers.image.licenses': 'MIT',
    });
  });

  it(`takes less than ${largestBytes / 1e6} MB unpacked`, () => {
    const bytes = Number(execFileSync('du', ['-s', '-B1', image.root], { encoding: 'utf8' }).split('\t')[0]);
    console.log(`the image takes ${Math.round(bytes / 1e6)} MB unpacked`);
    expect(bytes).toBeLessThan(largestBytes);
  });

  it('holds what runs, and neither sources nor development packages nor settings of npm', async () => {
    const app = join(image.root, 'app');
    expect((await readdir(app)).sort()).toEqual([
      ...[
        'LICENSE',
        'NOTICE',
        'bill-of-materials.cdx.json',
        'dist',
        'docs',
        'models',
        'node_modules',
        'package.json',
        'scripts',
      ],
    ]);
    expect(await readdir(join(app, 'node_modules/onnxruntime-node/bin/napi-v6'))).toEqual(['linux']);
    expect(await readdir(join(app, 'node_modules/onnxruntime-node/bin/napi-v6/linux'))).toEqual([
      process.arch,
    ]);
    const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8')) as {
      packages: Record<string, { dev?: boolean; devOptional?: boolean }>;
    };
    const development = Object.keys(packages).filter(
      (path) => packages[path]?.dev === true || packages[path]?.devOptional === true,
    );
    expect(development).toContain('node_modules/typescript');
    expect(development.filter((path) => existsSync(join(app, path)))).toEqual([]);
    const all = await readdir(image.root, { recursive: true });
    expect(all.filter((path) => /(^|\/)\.npmrc$|^run\/secrets\/./.test(path))).toEqual([]);
  });

  it('has a bill of materials that names its packages, its models and its libraries of Debian', async () => {
    const components = await componentsOf(image);
    const models = components.filter(({ type }) => type === 'machine-learning-model');
    expect(models.map(({ name }) => name).sort()).toEqual(['moonshine-tiny-en', 'my-model', 'silero-vad']);
    const packages = await readdir(join(image.root, 'app/node_modules'));
    const listed = components
      .filter(({ purl }) => purl?.startsWith('pkg:npm/') === true)
      .map(({ group, name }) => group ?? name);
    expect([...new Set(listed)]).toEqual(
      expect.arrayContaining(packages.filter((name) => !name.startsWith('.'))),
    );
    const debian = debianOf(components);
    expect(debian).toEqual(expect.arrayContaining(['libc6', 'libstdc++6']));
    expect(debian).not.toContain('ffmpeg');
  });

  it('cannot be written to by its own user', async () => {
    for (const path of await readdir(join(image.root, 'app'), { recursive: true })) {
      const { mode, uid, gid } = await lstat(join(image.root, 'app', path));
      if (uid === 65532 || gid === 65532) throw new Error(`${path} belongs to the user`);
      // Links have all bits set, and none of them counts.
      if ((mode & 0o002) !== 0 && (mode & 0o170000) !== 0o120000) throw new Error(`${path} is anybody’s`);
    }
  });

  it('transcribes as a user without rights, and ends with 0', async () => {
    const container = started(image.run({ ...open, PORT: '0' }));
    const { text } = await transcribe(await container.url(), await readFile(`${clip}.wav`));
    const words = wordsOf(await readFile(`${clip}.txt`, 'utf8'));
    expect(wordsOf(text.replace('Mr.', 'mister'))).toEqual(words);
    const status = await readFile(`/proc/${await container.pid()}/status`, 'utf8');
    expect(status).toMatch(/^Uid:\s+65532\s+65532\s+65532\s+65532$/m);
    expect(await container.stop()).toBe(0);
  });

  it('transcribes with a model of one’s own that the build was given', async () => {
    const container = started(image.run({ ...open, PORT: '0' }));
    const url = await container.url();
    expect((await transcribe(url, await readFile(`${clip}.wav`), 'my-model')).text).toMatch(/John Dashwood/);
    expect((await readdir(join(image.root, 'app/models'))).sort()).toEqual([
      ...['README.md', 'moonshine-base-en', 'moonshine-tiny-en', 'my-model', 'silero-vad', 'whisper-base'],
    ]);
    expect(await container.stop()).toBe(0);
  });

  it('serves its documentation, all of it', async () => {
    const container = started(image.run({ ...open, PORT: '0' }));
    const url = await container.url();
    for (const path of ['/asyncapi.yaml', '/docs', '/docs/swagger-ui-bundle.js', '/docs-json']) {
      expect(`${path}: ${(await fetch(`${url}${path}`)).status}`).toBe(`${path}: 200`);
    }
    const served = await (await fetch(`${url}/asyncapi.yaml`)).text();
    expect(served).toBe(await readFile('docs/api/asyncapi.yaml', 'utf8'));
    expect(await container.stop()).toBe(0);
  });

  it('is refused a start without keys, and says so', async () => {
    const container = started(image.run({ PORT: '0' }));
    expect(await container.exitCode).not.toBe(0);
    expect(container.output).toMatch(/without API_KEYS/);
  });

  it('transcribes on a read-only file system without a network, writes nothing, and ends with 0', async () => {
    const container = started(image.runLockedDown({ ...open, PORT: '8080' }));
    await container.url();
    const pid = await container.pid();
    // The health check as docker would run it, and one that asks where nobody answers.
    const check = image.config.Healthcheck.Test.slice(1);
    expect(await container.execute(check, { PORT: '8080' })).toBe(0);
    expect(await container.execute(check, { PORT: '8081' })).toBe(1);
    expect(await container.execute(['node', '-e', 'require("fs").writeFileSync("/app/x", "")'], {})).toBe(1);

    // From this machine's files, in the container's network.
    const client = `
      const form = new FormData();
      form.append('file', await fs.openAsBlob('${clip}.wav'), 'a.wav');
      const answer = await fetch('http://127.0.0.1:8080/v1/audio/transcriptions', { method: 'POST', body: form });
      console.log((await answer.json()).text);`;
    const text = execFileSync(
      'nsenter',
      [
        `--target=${pid}`,
        '--net',
        process.execPath,
        '--input-type=module',
        '-e',
        `import fs from 'fs'; ${client}`,
      ],
      { encoding: 'utf8' },
    );
    expect(text).toMatch(/John Dashwood had then leisure to consider/);
    expect(await readdir(`/proc/${pid}/root/tmp`)).toEqual([]);
    expect(await container.stop()).toBe(0);
  });

  it('decodes AAC with the stage that carries ffmpeg, also locked down, and lists its packages', async () => {
    const withFfmpeg = await TestImage.buildWithFfmpeg(folder);
    expect(withFfmpeg.config.User).toBe('65532:65532');
    expect(withFfmpeg.config.Env).toContain('FFMPEG=ffmpeg');
    const bytes = Number(
      execFileSync('du', ['-s', '-B1', withFfmpeg.root], { encoding: 'utf8' }).split('\t')[0],
    );
    const components = await componentsOf(withFfmpeg);
    const installed = execFileSync('chroot', [withFfmpeg.root, 'dpkg-query', '-W', '-f', '${Package}\n'], {
      encoding: 'utf8',
    });
    expect(debianOf(components).sort()).toEqual(installed.trim().split('\n').sort());
    const ffmpeg = components.find(({ name }) => name === 'ffmpeg');
    expect(ffmpeg?.licenses).toContainEqual({ license: { name: 'GPL-2+' } });
    expect(components.length - debianOf(components).length).toBe(
      (await componentsOf(image)).filter(({ purl }) => purl?.startsWith('pkg:deb/') !== true).length,
    );
    console.log(`the image with ffmpeg takes ${Math.round(bytes / 1e6)} MB unpacked`);
    expect(existsSync(join(image.root, 'usr/bin/ffmpeg'))).toBe(false);
    // In the container's own program, since this machine may have none.
    const encode = ['-loglevel', 'error', '-i', '-', '-c:a', 'aac', '-f', 'adts', '-'];
    const aac = execFileSync('chroot', [withFfmpeg.root, 'ffmpeg', ...encode], {
      input: await readFile(`${clip}.wav`),
      maxBuffer: 16e6,
    });
    const container = started(withFfmpeg.run({ ...open, PORT: '0' }));
    expect((await transcribe(await container.url(), aac)).text).toMatch(/John Dashwood/);
    expect(await container.stop()).toBe(0);
    const lockedDown = started(withFfmpeg.runLockedDown({ ...open, PORT: '8080' }));
    await lockedDown.url();
    expect(await lockedDown.stop()).toBe(0);
  }, 600_000);
});
