// @module-tag once
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCommandOf, startCommand } from '../support/command.js';
import type { EndedCommand } from '../support/command.js';
import { startFileServer } from '../support/file-server.js';
import type { FileServer } from '../support/file-server.js';
import { ServiceProcess } from '../support/service-process.js';
import { transcribe, until } from '../support/transcribe.js';
import { wordsOf } from '../support/words.js';

// docs/operations/own-models.md, step by step, with the files of a model that is known to work.

const clip = resolve('test/fixtures/sense-and-sensibility-0870');
const [encoder, decoder] = ['encoder_model.onnx', 'decoder_model_merged.onnx'] as const;

let home: string;
let exported: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'own-model-'));
  exported = join(home, 'exported');
  await mkdir(exported);
  for (const name of [encoder, decoder]) await cp(`models/moonshine-tiny-en/1/${name}`, join(exported, name));
});
afterAll(() => rm(home, { recursive: true }));

const add = (folder: string, models: string, ...more: readonly string[]): Promise<EndedCommand> =>
  runCommandOf('add-model', [folder, '--family', 'moonshine', '--id', 'my-model', ...more], {
    MODELS_FOLDER: models,
  });

async function textBy(variables: Readonly<Record<string, string>>): Promise<string> {
  const service = ServiceProcess.start({ PORT: '0', WORKERS: '1', ...variables });
  try {
    return (await transcribe(await service.url(), await readFile(`${clip}.wav`))).text;
  } finally {
    service.kill('SIGTERM');
    await service.exitCode();
  }
}

describe('a model of one’s own, from a folder', () => {
  let models: string;
  beforeAll(() => {
    models = join(home, 'my-models');
  });

  it('is added by one command, which compiles it and loads it once', async () => {
    const { code, stdout, stderr } = await add(exported, models, '--license', 'MIT', '--language', 'en-GB');
    expect([code, stderr]).toEqual([0, expect.not.stringMatching(/\n\s+at /)]);
    expect(stdout).toMatch(/my-model: compiled.*\n.*loaded and run.*\n.*added, for en-GB/);
    expect(stdout).toContain(`MODELS_FOLDER=${models} MODELS=my-model npm run evaluate -- --manifest`);
    expect(await readdir(models)).toEqual(['my-model']);
    const manifest = JSON.parse(await readFile(join(models, 'my-model/model.json'), 'utf8')) as object;
    expect(manifest).toMatchObject({ source: { folder: exported }, license: 'MIT', languages: ['en-GB'] });
  });

  it('is evaluated and served from its own folder, with the voice activity model of the service', async () => {
    const variables = { MODELS_FOLDER: models, MODELS: 'my-model' };
    await writeFile(join(home, 'list.jsonl'), JSON.stringify({ file: `${clip}.wav`, text: 'x' }));
    const { stdout } = await runCommandOf('evaluate', ['--manifest', join(home, 'list.jsonl')], variables);
    expect(stdout).toContain('my-model, version 1');

    const text = await textBy(variables);
    const words = wordsOf(await readFile(`${clip}.txt`, 'utf8'));
    expect(wordsOf(text.replace('Mr.', 'mister'))).toEqual(words);
  });

  it('is served where its original is gone', async () => {
    const elsewhere = join(home, 'elsewhere');
    await cp(models, join(elsewhere, 'models'), { recursive: true });
    const path = join(elsewhere, 'models/my-model/model.json');
    const manifest = await readFile(path, 'utf8');
    await writeFile(path, manifest.replace(exported, '/nowhere'));
    const variables = { MODELS_FOLDER: join(elsewhere, 'models'), MODELS: 'my-model' };
    expect((await runCommandOf('fetch-models', ['my-model'], variables)).stdout).toContain(
      'in place and whole',
    );
    expect(await textBy(variables)).not.toBe('');
  });

  it('does not take the name of another one', async () => {
    const own = await add(exported, models);
    expect([own.code, own.stderr]).toEqual([1, expect.stringContaining('There is a model my-model (')]);
    const shipped = await runCommandOf(
      'add-model',
      [exported, '--family', 'moonshine', '--id', 'moonshine-tiny-en'],
      { MODELS_FOLDER: models },
    );
    expect(shipped.stderr).toContain('There is a model moonshine-tiny-en (');
  });

  it('is refused in a sentence where something is wrong, and nothing is left of it', async () => {
    const none = join(home, 'none');
    const family = await runCommandOf('add-model', [exported, '--family', 'sunshine', '--id', 'x'], {
      MODELS_FOLDER: none,
    });
    expect(family.stderr).toBe(
      'There is no family sunshine of speech models; there are: moonshine, whisper.\n',
    );
    const swapped = await add(exported, none, '--file', `encoder=${decoder}`, '--file', `decoder=${encoder}`);
    expect([swapped.code, swapped.stderr]).toEqual([1, expect.stringMatching(/my-model\/\S+\.onnx /)]);
    const text = join(home, 'text');
    await mkdir(text);
    for (const name of [encoder, decoder]) await writeFile(join(text, name), 'this is a text');
    expect((await add(text, none)).stderr).toContain('my-model/encoder_model.onnx is not an ONNX model');
    await rm(join(text, decoder));
    expect((await add(text, none)).stderr).toContain(`${text} has no file of the role decoder`);
    expect((await add(exported, none, '--max-audio-seconds', '1')).stderr).toContain(
      'maxAudioSeconds must be',
    );
    expect((await add(exported, none, '--url', 'http://x/')).stderr).toContain('source.url must be an https');
    expect((await add(exported, none, '--manifest', join(home, 'list.jsonl'))).stderr).toBe(
      'The family moonshine has nothing to measure: leave out --manifest.\n',
    );
    expect(await readdir(none)).toEqual([]);
    await mkdir(join(none, 'my-model'));
    expect((await add(exported, none)).stderr).toMatch(/There is a folder .*none\/my-model already; choose/);
  });
});

describe('a model of one’s own, from an https address', () => {
  let server: FileServer;
  let models: string;
  let variables: Readonly<Record<string, string>>;

  beforeAll(async () => {
    const files = await Promise.all([encoder, decoder].map((name) => readFile(join(exported, name))));
    server = await startFileServer({ [encoder]: files[0]!, [decoder]: files[1]! });
    await writeFile(join(home, 'ca.pem'), server.ca);
    models = join(home, 'hosted');
    // A certificate of one's own is told to npm, as for a registry of one's own.
    variables = {
      HOME: home,
      MODELS_FOLDER: models,
      npm_config_cafile: join(home, 'ca.pem'),
      npm_config_fetch_retries: '0',
    };
    const args = [exported, '--family', 'moonshine', '--id', 'my-model', '--url', server.url];
    const { code, stderr } = await runCommandOf('add-model', args, variables);
    expect([code, stderr]).toEqual([0, expect.stringContaining(`Fetching my-model from ${server.url}`)]);
  });
  afterAll(() => server.close());

  /** As on another machine, which has the manifest only. */
  beforeEach(async () => {
    await rm(join(models, 'my-model/1'), { recursive: true, force: true });
    (server.requests as unknown[]).length = 0;
  });
  afterEach(() => {
    server.answer = undefined;
    server.breakAfter = undefined;
  });

  const fetchIt = (): Promise<EndedCommand> => runCommandOf('fetch-models', ['my-model'], variables);

  it('is fetched by its manifest, compiled and served', async () => {
    expect((await fetchIt()).stdout).toContain(`my-model: fetched and verified ${encoder}, ${decoder}.`);
    expect((await runCommandOf('compile-models', ['my-model'], variables)).code).toBe(0);
    expect(await textBy({ MODELS_FOLDER: models, MODELS: 'my-model' })).not.toBe('');
  });

  it('goes on with a download that broke, where it broke', async () => {
    server.breakAfter = 3_000_000;
    const broken = await fetchIt();
    expect(broken.code).toBe(1);
    expect(broken.stderr).toMatch(/`npm run models:fetch -- my-model` goes on where it stopped/);
    expect((await fetchIt()).stdout).toContain(`fetched and verified ${encoder}, ${decoder}.`);
    const [first, second] = server.requests.map(({ headers }) => headers.range);
    expect(first).toBeUndefined();
    expect(Number(/^bytes=(\d+)-$/.exec(second ?? '')?.[1])).toBeGreaterThan(0);
    expect((await readdir(join(models, 'my-model/1'))).sort()).toEqual([decoder, encoder]);
  });

  it('goes on after Ctrl-C', async () => {
    const content = server.files.get(encoder)!;
    server.answer = (_, response) => {
      response.setHeader('content-length', content.length);
      response.write(content.subarray(0, 1_000_000));
    };
    const { child, ended } = startCommand('fetch-models', ['my-model'], variables);
    const folder = join(models, 'my-model/1');
    const written = async (): Promise<boolean> => {
      const [name] = await readdir(folder).catch(() => []);
      return name !== undefined && (await readFile(join(folder, name))).length === 1_000_000;
    };
    await until(written);
    // Once from the terminal, once from npm.
    child.kill('SIGINT');
    child.kill('SIGINT');
    expect(await ended).toMatchObject({
      code: 130,
      stderr: expect.stringMatching(/Interrupted\.\n$/) as string,
    });
    server.answer = undefined;
    expect((await fetchIt()).code).toBe(0);
    expect(server.requests[1]?.headers.range).toBe('bytes=1000000-');
  });

  it.each([
    [
      'another content',
      'has another sha256 at its address',
      (content: Buffer) => Buffer.from(content).fill(7, 0, 9),
    ],
    [
      'a longer file',
      'bytes at its address instead of',
      (content: Buffer) => Buffer.concat([content, content]),
    ],
  ])('refuses %s', async (_, reason, change) => {
    const content = server.files.get(encoder)!;
    server.files.set(encoder, change(content));
    const { code, stderr } = await fetchIt();
    server.files.set(encoder, content);
    expect([code, stderr]).toEqual([1, expect.stringContaining(reason)]);
    expect(await readdir(join(models, 'my-model/1'))).toEqual([]);
  });

  it('refuses to be sent to plain http', async () => {
    server.answer = (_, response) => response.writeHead(302, { location: 'http://localhost/x' }).end();
    const { code, stderr } = await fetchIt();
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('redirects to http://localhost, which is not https'),
    ]);
  });
});
