// @module-tag slow
import { createHash, randomBytes as noise } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as tar from 'tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startFileServer } from '../../../test/support/file-server.js';
import { fetchModel } from './model-fetcher.js';
import type { ModelManifest } from '../model-manifest.js';
import { readNpmSettings } from './npm-settings.js';

const encoder = noise(300_000);
const decoder = noise(700_000);

function fileOf(path: string, content: Buffer): ModelManifest['files'][string] {
  return { path, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}

const manifest: ModelManifest = {
  id: 'some-model',
  version: 1,
  kind: 'speech',
  family: 'moonshine',
  languages: ['en'],
  sampleRate: 16_000,
  maxAudioSeconds: 30,
  source: { package: '@scope/some-model', version: '1.2.3', folder: 'dist/model' },
  files: { encoder: fileOf('encoder.onnx', encoder), decoder: fileOf('decoder.onnx', decoder) },
  license: 'MIT',
  description: 'For tests.',
};

/** A package registry on this machine: one package, one version, and a count of the downloads. */
interface Registry {
  readonly server: Server;
  readonly url: string;
  downloads(): number;
  /** Breaks the connection of later downloads after this many bytes. */
  breakAfter(bytes: number | undefined): void;
}

async function startRegistry(tarball: Buffer): Promise<Registry> {
  let downloads = 0;
  let brokenAfter: number | undefined;
  const server = createServer((request, response) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    if (request.url?.endsWith('.tgz') === true) {
      downloads++;
      if (brokenAfter === undefined) {
        response.end(tarball);
      } else {
        response.setHeader('content-length', tarball.length);
        response.write(tarball.subarray(0, brokenAfter), () => setTimeout(() => response.destroy(), 50));
      }
    } else if (request.url === '/@scope%2fsome-model') {
      const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
      const dist = { tarball: `${url}some-model-1.2.3.tgz`, integrity };
      const version = { name: '@scope/some-model', version: '1.2.3', dist };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ name: version.name, versions: { '1.2.3': version }, 'dist-tags': {} }));
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    server,
    url,
    downloads: () => downloads,
    breakAfter(bytes) {
      brokenAfter = bytes;
    },
  };
}

describe('fetchModel', () => {
  let home: string;
  let target: string;
  let registry: Registry;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'fetcher-'));
    target = join(home, 'models', 'some-model', '1');
    await publish({ 'encoder.onnx': encoder, 'decoder.onnx': decoder, 'other.onnx': Buffer.alloc(1_000) });
  });
  afterEach(async () => {
    await stop();
    await rm(home, { recursive: true });
  });

  async function stop(): Promise<void> {
    registry.server.closeAllConnections();
    await new Promise((resolve) => registry.server.close(resolve));
  }
  async function publish(files: Readonly<Record<string, Buffer>>): Promise<void> {
    const source = join(home, 'source');
    for (const [name, content] of Object.entries(files)) {
      const path = join(source, 'package', 'dist', 'model', name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    }
    const path = join(home, 'package.tgz');
    await tar.create({ gzip: true, cwd: source, file: path }, ['package']);
    registry = await startRegistry(await readFile(path));
    // The user's own settings: where they send npm, the models come from too.
    const lines = [`registry=${registry.url}`, `cache=${join(home, 'cache')}`, 'fetch-retries=0'];
    await writeFile(join(home, '.npmrc'), lines.join('\n'));
  }
  async function republish(files: Readonly<Record<string, Buffer>>): Promise<void> {
    await stop();
    await rm(join(home, 'source'), { recursive: true });
    await rm(join(home, 'cache'), { recursive: true, force: true });
    await publish(files);
  }
  const fetch = (onProgress?: (written: number, total: number) => void): Promise<readonly string[]> =>
    fetchModel(manifest, target, {
      variables: {},
      npmSettings: () => readNpmSettings({ HOME: home }, home),
      ...(onProgress === undefined ? {} : { onProgress }),
    });
  const filesThere = async (): Promise<string[]> => (await readdir(target)).sort();

  it('takes the named files, and no others, from the registry that the user has configured', async () => {
    const progress: number[] = [];
    expect(await fetch((written, total) => progress.push(written / total))).toEqual([
      'encoder.onnx',
      'decoder.onnx',
    ]);
    expect(await filesThere()).toEqual(['decoder.onnx', 'encoder.onnx']);
    expect((await readFile(join(target, 'encoder.onnx'))).equals(encoder)).toBe(true);
    expect((await readFile(join(target, 'decoder.onnx'))).equals(decoder)).toBe(true);
    expect(progress.at(-1)).toBe(1);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
  });

  it('asks nobody when everything is in place', async () => {
    await fetch();
    await expect(
      fetchModel(manifest, target, {
        variables: {},
        npmSettings: () => Promise.reject(new Error('asked for npm settings')),
      }),
    ).resolves.toEqual([]);
    expect(registry.downloads()).toBe(1);
  });

  it.each([
    ['cut off', encoder.subarray(0, 1_000)],
    ['of the right size and wrong inside', noise(encoder.length)],
  ])('fetches a file again that is %s, and leaves the good one alone', async (_, broken) => {
    await fetch();
    await writeFile(join(target, 'encoder.onnx'), broken);
    await utimes(join(target, 'decoder.onnx'), 1, 1);
    expect(await fetch()).toEqual(['encoder.onnx']);
    expect((await readFile(join(target, 'encoder.onnx'))).equals(encoder)).toBe(true);
  });

  it.each([
    ['longer', Buffer.concat([decoder, Buffer.from('x')]), 'is longer than'],
    ['shorter', decoder.subarray(1), 'bytes in the package instead of'],
    ['another one', noise(decoder.length), 'another sha256 in the package'],
  ])('leaves nothing behind of a file that is %s than the manifest says', async (_, content, reason) => {
    await republish({ 'encoder.onnx': encoder, 'decoder.onnx': content });
    const failure = fetch();
    await expect(failure).rejects.toMatchObject({ code: 'MODEL_INTEGRITY' });
    await expect(failure).rejects.toThrow(reason);
    expect(await filesThere()).not.toContain('decoder.onnx');
  });

  it('says which file the package lacks', async () => {
    await republish({ 'encoder.onnx': encoder });
    await expect(fetch()).rejects.toThrow('the package has no file dist/model/decoder.onnx');
  });

  it('says what to do when the registry does not answer', async () => {
    registry.server.closeAllConnections();
    registry.server.close();
    await expect(fetch()).rejects.toThrow(/npm's settings apply.*npm run models:fetch -- some-model/);
  });

  it('leaves nothing behind when the connection breaks', async () => {
    registry.breakAfter(500_000);
    await expect(fetch()).rejects.toMatchObject({ code: 'MODEL_INTEGRITY' });
    expect(await filesThere()).toEqual([]);
    registry.breakAfter(undefined);
    expect(await fetch()).toEqual(['encoder.onnx', 'decoder.onnx']);
  });

  it('is not disturbed by a second run at the same time', async () => {
    await Promise.all([fetch(), fetch(), fetch()]);
    expect(await filesThere()).toEqual(['decoder.onnx', 'encoder.onnx']);
    expect((await readFile(join(target, 'decoder.onnx'))).equals(decoder)).toBe(true);
  });

  it('removes what an interrupted run left long ago, and nothing that is being written', async () => {
    await mkdir(target, { recursive: true });
    await writeFile(join(target, '.encoder.onnx.old.partial'), 'x');
    await utimes(join(target, '.encoder.onnx.old.partial'), 1, 1);
    await writeFile(join(target, '.encoder.onnx.new.partial'), 'x');
    await fetch();
    expect(await filesThere()).toEqual(['.encoder.onnx.new.partial', 'decoder.onnx', 'encoder.onnx']);
  });
});

describe('fetchModel from a folder of this machine', () => {
  let home: string;
  let target: string;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'fetcher-'));
    target = join(home, 'models', 'some-model', '1');
    await mkdir(join(home, 'exports'));
    await writeFile(join(home, 'exports', 'encoder.onnx'), encoder);
    await writeFile(join(home, 'exports', 'decoder.onnx'), decoder);
  });
  afterEach(() => rm(home, { recursive: true }));

  const fetch = (folder: string, signal?: AbortSignal): Promise<readonly string[]> =>
    fetchModel({ ...manifest, source: { folder } }, target, {
      variables: {},
      npmSettings: () => Promise.reject(new Error('asked for npm settings')),
      ...(signal && { signal }),
    });

  it.each(['absolute', 'relative to the folder of model.json'])(
    'copies from a path that is %s',
    async (kind) => {
      const folder = kind === 'absolute' ? join(home, 'exports') : '../../exports';
      expect(await fetch(folder)).toEqual(['encoder.onnx', 'decoder.onnx']);
      expect((await readdir(target)).sort()).toEqual(['decoder.onnx', 'encoder.onnx']);
      expect((await readFile(join(target, 'decoder.onnx'))).equals(decoder)).toBe(true);
      await rm(join(home, 'exports'), { recursive: true });
      expect(await fetch(folder)).toEqual([]);
    },
  );

  it('is not changed by a change of the original', async () => {
    await fetch(join(home, 'exports'));
    await writeFile(join(home, 'exports', 'encoder.onnx'), 'other');
    expect((await readFile(join(target, 'encoder.onnx'))).equals(encoder)).toBe(true);
  });

  it.each([
    ['of the right size and wrong inside', noise(decoder.length), 'another sha256 in the folder'],
    ['shorter', decoder.subarray(1), 'bytes in the folder instead of'],
    ['longer', Buffer.concat([decoder, Buffer.from('x')]), 'is longer than'],
    ['not there', undefined, 'ENOENT'],
  ])('leaves nothing behind of a file that is %s', async (_, content, reason) => {
    if (content === undefined) await rm(join(home, 'exports', 'decoder.onnx'));
    else await writeFile(join(home, 'exports', 'decoder.onnx'), content);
    const failure = fetch('../../exports');
    await expect(failure).rejects.toMatchObject({ code: 'MODEL_INTEGRITY' });
    await expect(failure).rejects.toThrow(reason);
    expect(await readdir(target)).toEqual(['encoder.onnx']);
  });

  it('ends with the reason of its signal', async () => {
    await expect(fetch('../../exports', AbortSignal.abort(new Error('Interrupted.')))).rejects.toThrow(
      'Interrupted.',
    );
    expect(await readdir(target)).toEqual([]);
  });
});

describe('fetchModel from an https address', () => {
  it('trusts the certificates that npm is set to, and says how to go on after a failure', async () => {
    const home = await mkdtemp(join(tmpdir(), 'fetcher-'));
    const target = join(home, 'models', 'some-model', '1');
    const server = await startFileServer({ 'encoder.onnx': encoder, 'decoder.onnx': decoder });
    const fetch = (): Promise<readonly string[]> =>
      fetchModel({ ...manifest, source: { url: server.url } }, target, {
        variables: {},
        npmSettings: () => readNpmSettings({ HOME: home }, home),
      });
    await writeFile(join(home, '.npmrc'), 'fetch-retries=0');
    await expect(fetch()).rejects.toThrow(/certificate.*npm run models:fetch -- some-model` goes on where/s);
    await writeFile(join(home, 'ca.pem'), server.ca);
    await writeFile(join(home, '.npmrc'), `cafile=${join(home, 'ca.pem')}`);
    expect(await fetch()).toEqual(['encoder.onnx', 'decoder.onnx']);
    await server.close();
    await rm(home, { recursive: true });
  });
});
