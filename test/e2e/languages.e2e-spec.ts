import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DeepgramClient } from '@deepgram/sdk';
import OpenAI, { BadRequestError, toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPrompts, promptsOf } from '../../bench/languages/prompts.mjs';
import { hasModelFile } from '../support/graphs.js';
import { ListenClient } from '../support/listen-client.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';

// Detection of languages as it is served. The model is not part of the default set-up, and Debian's prompts are not installed
// everywhere.

const file = 'whisper-base/1/compiled/rq/decode-loop.onnx';
const condition = hasModelFile(file)
  ? ''
  : ' (skipped: npm run models:fetch -- whisper-base, and the same with models:compile)';
const withoutPrompts = hasPrompts()
  ? ''
  : ' (skipped: needs the packages asterisk-core-sounds-{es,fr,it,ru}{,-wav}, see bench/languages)';
const languages = ['en', 'es', 'fr', 'it', 'ru'];
const clip = resolve('test/fixtures/sense-and-sensibility-0930.wav');

/** Deepgram's types do not have the confidence. */
interface Channel {
  readonly detected_language?: string;
  readonly language_confidence?: number;
  readonly alternatives: readonly { readonly languages?: readonly string[] }[];
}

describe.skipIf(!hasModelFile(file))(`whisper-base where five languages are allowed${condition}`, () => {
  let running: RunningApp;
  let openai: OpenAI;
  let deepgram: DeepgramClient;
  beforeAll(async () => {
    running = await startApp({ MODELS: 'whisper-base', WORKERS: '1', LANGUAGES: languages.join() });
    openai = new OpenAI({ baseURL: `${running.url}/v1`, apiKey: 'none', maxRetries: 0 });
    deepgram = new DeepgramClient({ apiKey: 'none', baseUrl: running.url });
  });
  afterAll(() => running.close());

  const listen = async (bytes: Uint8Array, options: object): Promise<Channel> => {
    const answer = await deepgram.listen.v1.media.transcribeFile(Buffer.from(bytes), options, {
      maxRetries: 0,
    });
    return (answer as unknown as { results: { channels: Channel[] } }).results.channels[0]!;
  };

  it('lists them, and refuses another one by name', async () => {
    const model = (await openai.models.retrieve('whisper-base')) as unknown as { languages: string[] };
    expect(model.languages.toSorted()).toEqual(languages);
    const refused = openai.audio.transcriptions.create({
      file: await toFile(await readFile(clip), 'a.wav'),
      model: 'default',
      language: 'de',
    });
    await expect(refused).rejects.toBeInstanceOf(BadRequestError);
    await expect(refused).rejects.toMatchObject({ code: 'UNSUPPORTED_FEATURE', param: 'language' });
    await expect(refused).rejects.toThrow(/It transcribes en, /);
  });

  it('reports the language to both clients, each in its form', async () => {
    const bytes = await readFile(clip);
    const send = async () => ({ file: await toFile(bytes, 'a.wav'), model: 'default' });
    const verbose = await openai.audio.transcriptions.create({
      ...(await send()),
      response_format: 'verbose_json',
    });
    expect(verbose.language).toBe('english');
    const plain = await openai.audio.transcriptions.create(await send());
    expect(plain).toMatchObject({ languages: [{ code: 'en' }] });
    const any = await listen(bytes, { detect_language: true });
    expect(any).toMatchObject({ detected_language: 'en', alternatives: [{ languages: ['en'] }] });
    expect(any.language_confidence).toBeGreaterThan(0.9);
    expect(await listen(bytes, {})).not.toHaveProperty('detected_language');
  });

  it('chooses among the languages of a request', async () => {
    const found = await listen(await readFile(clip), { detect_language: ['es', 'en'] });
    expect(found.detected_language).toBe('en');
    expect(found.language_confidence).toBeGreaterThan(0.9);
  });

  describe.skipIf(!hasPrompts())(`with Debian's prompts${withoutPrompts}`, () => {
    const pause = new Uint8Array(2 * 8_000);
    const samplesOf = async (language: string, name: string): Promise<Uint8Array> => {
      const prompt = promptsOf(language).find((each) => each.name === name)!;
      return (await readFile(prompt.path)).subarray(44);
    };

    /** The languages of the finals, and their texts. */
    async function stream(
      prompts: readonly (readonly [language: string, name: string])[],
      query = '',
    ): Promise<{ readonly found: readonly string[]; readonly text: string }> {
      const client = await ListenClient.open(
        running.url,
        `encoding=linear16&sample_rate=8000&endpointing=400&detect_language=true${query}`,
      );
      for (const [language, name] of prompts) {
        client.sendInPieces(await samplesOf(language, name), 1_600);
        client.sendInPieces(pause, 1_600);
      }
      expect(await client.finish()).toMatchObject({ code: 1000 });
      expect(client.faults).toEqual([]);
      const finals = client.of('Results').filter(({ channel }) => channel.alternatives[0].transcript !== '');
      for (const { channel } of finals) {
        expect(channel.alternatives[0].languages).toEqual([channel.detected_language]);
      }
      return { found: finals.map(({ channel }) => channel.detected_language ?? ''), text: client.text() };
    }

    const certain = ['es', 'confbridge-unlocked'] as const;
    const ambiguous = [
      ['es', 'vm-nomore'],
      ['es', 'please-try-again'],
    ] as const;

    it('stays with Spanish in short prompts that sound like other languages', async () => {
      const alone = await Promise.all(ambiguous.map((prompt) => stream([prompt])));
      expect(alone.flatMap(({ found }) => found).some((language) => language !== 'es')).toBe(true);
      const { found } = await stream([certain, ...ambiguous]);
      expect(found.length).toBeGreaterThanOrEqual(3);
      expect(new Set(found)).toEqual(new Set(['es']));
    });

    it('changes to Russian after a while of Russian, and not at once', async () => {
      const names = ['conf-onlyperson', 'conf-getconfno', 'confbridge-remove-last-out', 'conf-userwilljoin'];
      const russian = names.map((name) => ['ru', name] as const);
      const { found, text } = await stream([certain, ...russian]);
      expect(found[0]).toBe('es');
      expect(found.at(-1)).toBe('ru');
      expect(found.filter((language) => language === 'ru').length).toBeLessThan(russian.length);
      expect(text).toMatch(/[а-я]{3}/i);
    });

    it('has the language of each segment with language=multi', async () => {
      const { found } = await stream([certain, ['ru', 'conf-onlyperson']], '&language=multi');
      expect(found[0]).toBe('es');
      expect(found.at(-1)).toBe('ru');
    });
  });
});
