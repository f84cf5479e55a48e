import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trials } from '../../src/families/whisper/options.js';
import type { ModelManifest } from '../../src/model-registry/model-manifest.js';
import { runCommandOf } from '../support/command.js';
import { hasModelFile } from '../support/graphs.js';
import { ListenClient } from '../support/listen-client.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { wordsOf } from '../support/words.js';

// Whisper as it is served. The model is not part of the default set-up.

const file = 'whisper-base/1/compiled/rq/decode-loop.onnx';
const condition = hasModelFile(file)
  ? ''
  : ' (skipped: npm run models:fetch -- whisper-base, and the same with models:compile)';
const clip = resolve('test/fixtures/sense-and-sensibility-0930');

/** Without the header of WAV. */
const samples = (wav: Uint8Array): Uint8Array => wav.subarray(44);

describe.skipIf(!hasModelFile(file))(`whisper-base${condition}`, () => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await startApp({ MODELS: 'whisper-base', WORKERS: '1' });
  }, 60_000);
  afterAll(() => running.close());

  async function post(
    fields: Readonly<Record<string, string>>,
    endpoint = 'transcriptions',
  ): Promise<Record<string, unknown>> {
    const form = new FormData();
    for (const [name, value] of Object.entries({ response_format: 'verbose_json', ...fields })) {
      form.append(name, value);
    }
    form.append('file', new Blob([await readFile(`${clip}.wav`)]), 'a.wav');
    const response = await fetch(`${running.url}/v1/audio/${endpoint}`, { method: 'POST', body: form });
    return (await response.json()) as Record<string, unknown>;
  }

  it('writes what is said, and detects the language', async () => {
    const { text, language } = await post({});
    const words = wordsOf(await readFile(`${clip}.txt`, 'utf8'));
    expect(wordsOf((text as string).replace('-', ' ')).filter((word) => !words.includes(word))).toEqual([]);
    expect(language).toBe('english');
  });

  it('writes the language that the client names, and refuses one that the model does not know', async () => {
    expect(await post({ language: 'en-GB' })).toMatchObject({ language: 'english' });
    expect(await post({ language: 'de' })).toMatchObject({ language: 'german' });
    expect(await post({ language: 'tlh' })).toMatchObject({ error: { code: 'UNSUPPORTED_FEATURE' } });
  });

  it('translates', async () => {
    const { text, language, task } = await post({}, 'translations');
    expect(text).toMatch(/amiable/);
    expect([language, task]).toEqual(['english', 'translate']);
  });

  it('is served live, in the language that the client names', async () => {
    const query = 'encoding=linear16&sample_rate=16000&endpointing=300&language=en';
    const client = await ListenClient.open(running.url, query);
    client.sendInPieces(samples(await readFile(`${clip}.wav`)), 3_200);
    expect(await client.finish()).toMatchObject({ code: 1000 });
    expect(client.faults).toEqual([]);
    expect(client.text()).toMatch(/amiable/);
  });

  it('says over /v1/models what it can do', async () => {
    const { data } = (await (await fetch(`${running.url}/v1/models`)).json()) as {
      data: { languages: string[]; capabilities: object }[];
    };
    expect(data[0]!.languages).toHaveLength(99);
    expect(data[0]!.capabilities).toMatchObject({ translation: true, word_times: false, streaming: false });
  });
});

describe.skipIf(!hasModelFile(file))(`a Whisper of one’s own${condition}`, () => {
  let home: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'own-whisper-'));
  });
  afterAll(() => rm(home, { recursive: true }));

  it('is measured on recordings with texts, and remembers how much silence it needs', async () => {
    const text = await readFile(`${clip}.txt`, 'utf8');
    const list = join(home, 'list.jsonl');
    await writeFile(list, JSON.stringify({ file: `${clip}.wav`, text }));
    const folder = resolve('models/whisper-base/1');
    const args = [folder, '--family', 'whisper', '--id', 'mine', '--language', 'en', '--manifest', list];
    const { code, stdout } = await runCommandOf('add-model', args, { MODELS_FOLDER: home });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/whole window: WER \d.*\nmine: chosen: .+\./)]);
    const { options } = JSON.parse(await readFile(join(home, 'mine/model.json'), 'utf8')) as ModelManifest;
    expect(trials.map((trial) => trial.options)).toContainEqual(options);
    const chosen = trials.find((trial) => isDeepStrictEqual(trial.options, options))!;
    expect(stdout).toContain(`mine: chosen: ${chosen.name}.`);
  });
});
