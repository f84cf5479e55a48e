import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Families } from '../families/families.js';
import { FolderModelRegistry } from './folder-model-registry.js';

const content = Buffer.from('weights');

function manifestOf(id: string): Record<string, unknown> {
  const file = {
    path: 'model.onnx',
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  };
  return {
    id,
    version: 2,
    kind: 'voice-activity',
    family: 'silero',
    languages: [],
    sampleRate: 16_000,
    maxAudioSeconds: 30,
    source: { package: '@scope/some-model', version: '1.2.3', folder: 'dist/model' },
    files: { model: file },
    license: 'MIT',
    description: 'For tests.',
  };
}

const families = await Families.load();

describe('FolderModelRegistry', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'registry-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function put(path: string, bytes: string | Buffer): Promise<void> {
    const whole = join(folder, path);
    await mkdir(dirname(whole), { recursive: true });
    await writeFile(whole, bytes);
  }
  const putManifest = (id: string, manifest: unknown = manifestOf(id)): Promise<void> =>
    put(`${id}/model.json`, JSON.stringify(manifest));

  it('lists the models of its folder and passes over hidden folders and those without a manifest', async () => {
    await putManifest('b');
    await putManifest('a');
    await put('notes/readme.txt', '');
    await putManifest('.c.adding');
    const registry = await FolderModelRegistry.open(folder, families);
    expect(registry.list().map(({ id }) => id)).toEqual(['a', 'b']);
    expect(registry.pathOf(registry.get('a'), 'model')).toBe(join(folder, 'a', '2', 'model.onnx'));
  });

  it('names the speech models that there are when it is asked for another one, and says how to add a name', async () => {
    const files = manifestOf('a').files as { model: unknown };
    const speech = {
      kind: 'speech',
      family: 'moonshine',
      files: { encoder: files.model, decoder: files.model },
    };
    await putManifest('first', { ...manifestOf('first'), ...speech });
    await putManifest('second', { ...manifestOf('second'), ...speech });
    await putManifest('listener');
    const registry = await FolderModelRegistry.open(folder, families);
    expect(() => registry.get('c')).toThrow(expect.objectContaining({ code: 'MODEL_NOT_FOUND' }));
    expect(() => registry.get('c')).toThrow(
      /no model named c; there are: first, second\. .*MODEL_ALIASES=c=/,
    );
    expect(() => registry.get('secnd')).toThrow('Did you mean second?');
    expect(registry.getSpeech('first').id).toBe('first');
    expect(() => registry.getSpeech('listener')).toThrow(
      'listener is not a speech model; there are: first, second.',
    );
  });

  it('leaves out the model of a manifest that is wrong or half written, and serves the others', async () => {
    await putManifest('a');
    await put('b/model.json', '{"id": "b", ');
    await putManifest('c', { id: 'c' });
    await put('d/model.json', '');
    const registry = await FolderModelRegistry.open(folder, families);
    expect(registry.list().map(({ id }) => id)).toEqual(['a']);
    expect(registry.listFaults()).toHaveLength(3);
    expect(registry.listFaults().join()).toMatch(
      /b\/model\.json cannot be read.*c\/model\.json is not a model manifest/s,
    );
    for (const id of ['b', 'c', 'd'])
      expect(() => registry.get(id)).toThrow(expect.objectContaining({ code: 'MODEL_INTEGRITY' }));
  });

  it('holds options to what the family knows', async () => {
    await putManifest('a', { ...manifestOf('a'), options: {} });
    await putManifest('b', { ...manifestOf('b'), kind: 'speech', family: 'whisper', options: [] });
    await putManifest('c', { ...manifestOf('c'), kind: 'speech', family: 'whisper', options: { x: 1 } });
    const registry = await FolderModelRegistry.open(folder, families);
    expect(registry.listFaults().join('\n')).toMatch(
      /family silero has none.*options must be an object.*options\.x is none of silence/s,
    );
  });

  it('accepts a file of the right size and hash', async () => {
    await putManifest('a');
    await put('a/2/model.onnx', content);
    const registry = await FolderModelRegistry.open(folder, families);
    await expect(registry.verify(registry.get('a'))).resolves.toBeUndefined();
  });

  it.each([
    ['a missing file', undefined, 'is missing'],
    ['a file of another size', Buffer.from('weight'), 'has 6 bytes instead of 7'],
    ['a file with a changed byte', Buffer.from('Weights'), 'another sha256'],
  ])('refuses %s and names the remedy', async (_, bytes, reason) => {
    await putManifest('a');
    if (bytes !== undefined) await put('a/2/model.onnx', bytes);
    const registry = await FolderModelRegistry.open(folder, families);
    const failure = registry.verify(registry.get('a'));
    await expect(failure).rejects.toMatchObject({ code: 'MODEL_INTEGRITY' });
    await expect(failure).rejects.toThrow(reason);
    await expect(failure).rejects.toThrow('npm run models:fetch -- a');
  });

  it.each(['../../outside.onnx', '/etc/outside', 'sub/model.onnx', '..', '.hidden', ''])(
    'refuses a manifest whose file would be written to "%s"',
    async (path) => {
      const manifest = manifestOf('a');
      manifest.files = { model: { path, bytes: 1, sha256: 'a'.repeat(64) } };
      await putManifest('a', manifest);
      const registry = await FolderModelRegistry.open(folder, families);
      expect(() => registry.get('a')).toThrow('files.model.path must be a plain file name');
    },
  );

  it.each([
    ['an id that is not its folder', { id: 'other' }, 'id must be the name of its folder'],
    ['a version that leads elsewhere', { version: '../1' }, 'version must be a whole number'],
    [
      'a package that is an address',
      { source: { package: 'http://x/y.tgz', version: '1.0.0', folder: 'd' } },
      'source.package',
    ],
    [
      'a range instead of a version',
      { source: { package: 'p', version: '^1.0.0', folder: 'd' } },
      'source.version',
    ],
    [
      'a folder outside of the package',
      { source: { package: 'p', version: '1.0.0', folder: '../d' } },
      'source.folder',
    ],
    ['an unknown family', { family: 'other' }, 'family must be one of'],
    ['a missing role', { family: 'moonshine' }, 'files.encoder is missing'],
    ['no files', { files: [] }, 'files must be an object'],
    ['a source of two kinds', { source: { folder: 'd', url: 'https://x/' } }, 'or url alone'],
    ['a second source of no kind', { otherwise: { url: 'http://x/' } }, 'otherwise.url must be an https'],
    ['a source of no kind', { source: {} }, 'source must have package, version and folder'],
    ['an empty folder', { source: { folder: '' } }, 'source.folder must be the path of a folder'],
    ['an address that is not encrypted', { source: { url: 'http://x/y/' } }, 'source.url must be an https'],
    ['an address that is none', { source: { url: 'x/y/' } }, 'source.url must be an https address'],
    ['a password in its address', { source: { url: 'https://a:b@x/y/' } }, 'a user name or a password'],
    ['the address of a file as its source', { source: { url: 'https://x/y' } }, 'must end with a slash'],
    ['an address with a query as its source', { source: { url: 'https://x/?y=/' } }, 'must end with a slash'],
    [
      'an address of a file that is taken from a folder',
      { source: { folder: '/x' }, files: { model: { url: 'https://x/y' } } },
      'files.model.url goes with a source that has a url',
    ],
    [
      'an address of a file that is not encrypted',
      { source: { url: 'https://x/' }, files: { model: { url: 'http://x/y' } } },
      'files.model.url must be an https address',
    ],
    ['no Python package', { source: { pypi: {} } }, 'source.pypi must have an exact version'],
    ['an option of pip as a package', { source: { pypi: { '--pre': '1' } } }, 'source.pypi has --pre'],
    [
      'the address of a Python package',
      { source: { pypi: { 'p @ https://x/y.whl': '1' } } },
      'source.pypi has',
    ],
    [
      'a range of a Python package',
      { source: { pypi: { p: '1.*' } } },
      'source.pypi.p must be one exact version',
    ],
    ['a Python package and an address', { source: { pypi: { p: '1' }, url: 'https://x/' } }, 'or pypi alone'],
    [
      'a file of no wheel',
      { source: { pypi: { p: '1' } }, files: { model: {} } },
      'files.model.parts must be a list',
    ],
    [
      'parts of a file from a folder',
      { source: { folder: '/x' }, files: { model: { parts: [] } } },
      'files.model.parts goes with a source that has pypi',
    ],
  ])('refuses a manifest with %s', async (_, change, reason) => {
    await putManifest('a', { ...manifestOf('a'), ...change });
    const registry = await FolderModelRegistry.open(folder, families);
    expect(() => registry.get('a')).toThrow(expect.objectContaining({ code: 'MODEL_INTEGRITY' }));
    expect(() => registry.get('a')).toThrow(reason);
  });

  it('lists everything that is wrong with a manifest at once', async () => {
    await putManifest('a', { id: 'a' });
    const registry = await FolderModelRegistry.open(folder, families);
    expect(() => registry.get('a')).toThrow(/version.*kind.*sampleRate.*license.*source.*files/);
  });

  it('says which file cannot be read', async () => {
    await put('a/model.json', '{');
    const registry = await FolderModelRegistry.open(folder, families);
    expect(() => registry.get('a')).toThrow(join('a', 'model.json'));
    await expect(FolderModelRegistry.open(join(folder, 'nowhere'), families)).rejects.toThrow(
      'MODELS_FOLDER',
    );
  });

  it.each([
    { package: 'some-model', version: '1.2.3', folder: 'dist' },
    { folder: '/exports/my-model' },
    { folder: '../../exports' },
    { url: 'https://example.com/org/repository/resolve/main/onnx/' },
  ])('accepts the source %j', async (source) => {
    await putManifest('a', { ...manifestOf('a'), source });
    const registry = await FolderModelRegistry.open(folder, families);
    expect(registry.get('a').source).toEqual(source);
  });

  it.each([
    [{ package: 'q', path: 'a', bytes: 7 }, 'must each name a package of source.pypi'],
    [{ package: 'toString', path: 'a', bytes: 7 }, 'must each name a package of source.pypi'],
    [{ package: 'p', bytes: 7 }, 'must each have package, path and bytes'],
    [{ package: 'p', path: 'a', bytes: '7' }, 'must each have bytes'],
    [{ package: 'p', path: 'a', bytes: 6 }, 'have 6 bytes together'],
  ])('refuses a file with the part %j', async (part, reason) => {
    const manifest = manifestOf('a');
    const files = manifest.files as { model: object };
    const model = { ...files.model, parts: [part] };
    await putManifest('a', { ...manifest, source: { pypi: { p: '1' } }, files: { model } });
    const registry = await FolderModelRegistry.open(folder, families);
    expect(() => registry.get('a')).toThrow(`files.model.parts ${reason}`);
  });

  it('accepts a file that is joined of parts in wheels', async () => {
    const manifest = manifestOf('a');
    const files = manifest.files as { model: object };
    const parts = [
      { package: 'some-part1', path: 'data/model.part1', bytes: 3 },
      { package: 'some-part2', path: 'data/model.part2', bytes: 4 },
    ];
    const source = { pypi: { 'some-part1': '1.0.0', 'some-part2': '1!2.0.post1+local' } };
    await putManifest('a', { ...manifest, source, files: { model: { ...files.model, parts } } });
    const registry = await FolderModelRegistry.open(folder, families);
    expect(registry.get('a').files.model?.parts).toEqual(parts);
  });

  it('accepts an address of its own for a file, with a query', async () => {
    const manifest = manifestOf('a');
    const files = manifest.files as { model: object };
    const url = 'https://example.com/releases/1/asset?signature=x';
    const source = { url: 'https://example.com/' };
    await putManifest('a', { ...manifest, source, files: { model: { ...files.model, url } } });
    const registry = await FolderModelRegistry.open(folder, families);
    expect(registry.get('a').files.model?.url).toBe(url);
  });

  it('searches further folders as well, and takes a model that two have from the first', async () => {
    const mine = join(folder, 'mine');
    const shipped = join(folder, 'shipped');
    await putManifest('mine/a');
    await putManifest('mine/b', { id: 'wrong' });
    await putManifest('shipped/a');
    await putManifest('shipped/b');
    await putManifest('shipped/c');
    const own = { ...manifestOf('a'), version: 3 };
    await put('mine/a/model.json', JSON.stringify(own));
    for (const id of ['b', 'c']) await put(`shipped/${id}/model.json`, JSON.stringify(manifestOf(id)));
    const registry = await FolderModelRegistry.open([mine, shipped, join(folder, 'nowhere')], families);
    expect(registry.folderOf(registry.get('a'))).toBe(join(mine, 'a', '3'));
    expect(registry.folderOf(registry.get('c'))).toBe(join(shipped, 'c', '2'));
    expect(() => registry.get('b')).toThrow(join('mine', 'b', 'model.json'));
    expect(registry.list().map(({ id }) => id)).toEqual(['a', 'c']);
  });

  it('accepts the manifests of this repository', async () => {
    const registry = await FolderModelRegistry.open('models', families);
    const ids = registry.list().map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['moonshine-tiny-en', 'moonshine-base-en', 'silero-vad']));
    expect(JSON.parse(await readFile('models/silero-vad/model.json', 'utf8'))).toEqual(
      registry.get('silero-vad'),
    );
  });
});
