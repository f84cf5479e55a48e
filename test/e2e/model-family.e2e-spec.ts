// @module-tag once
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandOf } from '../support/command.js';
import { ListenClient } from '../support/listen-client.js';
import { expectSound, RealtimeClient } from '../support/realtime-client.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { toneSpeech } from '../support/tones-family/tone-speech.js';
import { toneTable } from '../support/tones-family/tone-table.js';
import { bytesOf, wav } from '../support/wav-writer.js';

// A family that is no part of the service: a folder of the tests, and one setting. Its graphs are written with
// src/onnx-graphs, and its models need a language and take a prompt.

const [one, two, three, four] = [0, 1, 2, 3];

let home: string;
let variables: Readonly<Record<string, string>>;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'family-'));
  variables = {
    MODELS_FOLDER: join(home, 'models'),
    MODEL_FAMILIES: resolve('test/support/tones-family/family.ts'),
    MODELS: 'two-languages',
    WORKERS: '1',
  };
  await writeFile(join(home, 'tones.json'), JSON.stringify(toneTable));
  const { code, stdout, stderr } = await runCommandOf(
    'add-model',
    [home, '--family', 'tones', '--id', 'two-languages', '--language', 'en', '--language', 'es'],
    variables,
  );
  expect([code, stderr]).toEqual([0, expect.not.stringMatching(/error|\n\s+at /i)]);
  expect(stdout).toContain('two-languages: compiled (float)');
}, 60_000);
afterAll(() => rm(home, { recursive: true }));

describe('a model family of one’s own', () => {
  let running: RunningApp;
  let spanish: Uint8Array;

  beforeAll(async () => {
    spanish = await toneSpeech('es', [three, one, two]);
    running = await startApp(variables);
  }, 60_000);
  afterAll(() => running.close());

  async function post(
    fields: Readonly<Record<string, string>>,
    pcm = spanish,
    endpoint = 'transcriptions',
  ): Promise<Record<string, unknown>> {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append('file', new Blob([Uint8Array.from(wav(pcm))]), 'a.wav');
    const response = await fetch(`${running.url}/v1/audio/${endpoint}`, { method: 'POST', body: form });
    return (await response.json()) as Record<string, unknown>;
  }

  it('says over /v1/models what its models can do', async () => {
    const { data } = (await (await fetch(`${running.url}/v1/models`)).json()) as { data: object[] };
    expect(data).toMatchObject([
      {
        id: 'two-languages',
        variant: 'float',
        languages: ['en', 'es'],
        capabilities: { translation: true, prompt: true, word_times: false, streaming: false },
        degradations: [],
      },
    ]);
  });

  it('writes the language that it detects, and reports it', async () => {
    expect(await post({ response_format: 'verbose_json' })).toMatchObject({
      text: 'tres uno dos',
      language: 'spanish',
    });
    expect(
      await post({ response_format: 'verbose_json' }, await toneSpeech('en', [four, two])),
    ).toMatchObject({ text: 'four two', language: 'english' });
  });

  it('writes the language that the client names, and refuses one that the model does not know', async () => {
    expect(await post({ language: 'en-GB' })).toMatchObject({ text: 'three one two' });
    expect(await post({ language: 'de' })).toMatchObject({ error: { code: 'UNSUPPORTED_FEATURE' } });
  });

  it('translates into English', async () => {
    const translate = (fields: Readonly<Record<string, string>>) => post(fields, spanish, 'translations');
    expect(await translate({})).toMatchObject({ text: 'three one two' });
    expect(await translate({ response_format: 'verbose_json' })).toMatchObject({
      text: 'three one two',
      task: 'translate',
      language: 'english',
    });
    expect(await translate({ prompt: 'ONE' })).toMatchObject({ text: 'three ONE two' });
    expect(await translate({ response_format: 'diarized_json' })).toMatchObject({
      error: { code: 'UNSUPPORTED_FEATURE' },
    });
  });

  it('gets the prompt', async () => {
    expect(await post({ prompt: 'UNO, DOS' })).toMatchObject({ text: 'tres UNO DOS' });
  });

  it('gives its tokens with their bytes', async () => {
    const { logprobs } = await post({ 'include[]': 'logprobs' });
    expect(logprobs).toMatchObject([{ token: ' tres' }, { token: ' uno' }, { token: ' dos' }]);
  });

  it('keeps apart what different clients ask for at the same time', async () => {
    const asked = [{}, { language: 'en' }, { prompt: 'TRES' }, { language: 'en', prompt: 'ONE TWO' }];
    const texts = await Promise.all([...asked, ...asked].map(async (fields) => (await post(fields))['text']));
    const expected = ['tres uno dos', 'three one two', 'TRES uno dos', 'three ONE TWO'];
    expect(texts).toEqual([...expected, ...expected]);
  });

  it('is served at POST /v1/listen, where the language is detected for each channel', async () => {
    const response = await fetch(`${running.url}/v1/listen?detect_language=true`, {
      method: 'POST',
      headers: { 'content-type': 'audio/wav' },
      body: Uint8Array.from(wav(spanish)),
    });
    const { results } = (await response.json()) as { results: { channels: object[] } };
    expect(results.channels).toMatchObject([
      { detected_language: 'es', alternatives: [{ transcript: 'tres uno dos' }] },
    ]);
  });

  it('is served live at /v1/listen, in the language that the client names', async () => {
    const query = 'encoding=linear16&sample_rate=16000&endpointing=false&language=en';
    const client = await ListenClient.open(running.url, query);
    client.sendInPieces(spanish, 3_200);
    expect(await client.finish()).toMatchObject({ code: 1000 });
    expect(client.faults).toEqual([]);
    expect(client.text()).toBe('three one two');
  });

  it('is served live at /v1/realtime, with a prompt that can change', async () => {
    const client = await RealtimeClient.open(running.url);
    const format = { type: 'audio/pcm', rate: 16_000 };
    await client.update({ format, turn_detection: null, transcription: { prompt: 'TRES' } });
    for (const [at, prompt] of ['TRES', 'DOS'].entries()) {
      await client.update({ transcription: { prompt, language: 'es' } });
      client.append(spanish);
      client.send({ type: 'input_audio_buffer.commit' });
      await client.next('completed', at + 1);
    }
    const texts = client.of('completed').map(({ transcript }) => transcript);
    expect(texts).toEqual(['TRES uno dos', 'tres uno DOS']);
    expectSound(client);
    await client.close();
  });

  it('is evaluated like any other', async () => {
    const english = await toneSpeech('en', [one, four]);
    await writeFile(join(home, 'es.wav'), wav(spanish));
    await writeFile(join(home, 'en.wav'), wav(bytesOf(english)));
    const rows = [
      { file: 'es.wav', text: 'tres uno dos' },
      { file: 'en.wav', text: 'one four' },
    ];
    await writeFile(join(home, 'list.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
    const args = ['--manifest', join(home, 'list.jsonl'), '--json', join(home, 'run.json'), '--max-wer', '0'];
    const { code, stderr } = await runCommandOf('evaluate', args, variables);
    expect([code, stderr]).toEqual([0, expect.not.stringMatching(/error|\n\s+at /i)]);
    const run = JSON.parse(await readFile(join(home, 'run.json'), 'utf8')) as object;
    expect(run).toMatchObject({ summary: { allSpeech: { clips: 2 }, failures: 0 } });
    const spanishOnly = await runCommandOf('evaluate', [...args, '--language', 'es'], variables);
    expect(spanishOnly.stderr).toContain('Not held: WER of all speech: 40.00 %, at most 0 %');
    const unknown = await runCommandOf('evaluate', [...args, '--language', 'de'], variables);
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('it has: en, es.')]);
  });
});

describe('two models, of which the second knows more languages', () => {
  let running: RunningApp;
  let spanish: Uint8Array;

  beforeAll(async () => {
    const args = [home, '--family', 'tones', '--id', 'english', '--language', 'en'];
    expect(await runCommandOf('add-model', args, variables)).toMatchObject({ code: 0 });
    spanish = await toneSpeech('es', [three, one, two]);
    running = await startApp({ ...variables, MODELS: 'english,two-languages' });
  }, 60_000);
  afterAll(() => running.close());

  async function post(fields: Readonly<Record<string, string>>): Promise<object> {
    const form = new FormData();
    form.append('file', new Blob([Uint8Array.from(wav(spanish))]), 'a.wav');
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    const response = await fetch(`${running.url}/v1/audio/transcriptions`, { method: 'POST', body: form });
    return (await response.json()) as object;
  }

  it('answer in the language that a request names, unless it names the model that does not know it', async () => {
    expect(await post({ language: 'es' })).toMatchObject({ text: 'tres uno dos' });
    expect(await post({ language: 'es', model: 'default' })).toMatchObject({ text: 'tres uno dos' });
    expect(await post({ language: 'es', model: 'english' })).toMatchObject({
      error: {
        code: 'UNSUPPORTED_FEATURE',
        message: expect.stringContaining('These do: two-languages.') as string,
      },
    });
    expect(await post({ language: 'de' })).toMatchObject({ error: { code: 'UNSUPPORTED_FEATURE' } });
  });

  it('answer live in the language that a client names', async () => {
    const listening = await ListenClient.open(
      running.url,
      'encoding=linear16&sample_rate=16000&endpointing=false&language=es',
    );
    listening.sendInPieces(spanish, 3_200);
    expect(await listening.finish()).toMatchObject({ code: 1000 });
    expect(listening.text()).toBe('tres uno dos');

    const talking = await RealtimeClient.open(running.url);
    const format = { type: 'audio/pcm', rate: 16_000 };
    await talking.update({ format, turn_detection: null, transcription: { language: 'es' } });
    talking.append(spanish);
    talking.send({ type: 'input_audio_buffer.commit' });
    await talking.next('completed');
    expect(talking.of('completed')).toMatchObject([{ transcript: 'tres uno dos' }]);
    await talking.close();
  });
});

describe('MODEL_FAMILIES', () => {
  it('that names something else than a family ends the start with a sentence', async () => {
    const module = join(home, 'not-a-family.mjs');
    await writeFile(module, 'export default { name: "nothing" };\n');
    await expect(startApp({ ...variables, MODEL_FAMILIES: module })).rejects.toThrow(
      /not-a-family\.mjs does not export a model family by default/,
    );
    await expect(startApp({ ...variables, MODEL_FAMILIES: join(home, 'missing.mjs') })).rejects.toThrow(
      /missing\.mjs cannot be loaded/,
    );
  });
});
