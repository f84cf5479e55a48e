import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { DeepgramClient } from '@deepgram/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ListenParagraphs } from '../../src/transports/deepgram/paragraphs.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { wav } from '../support/wav-writer.js';
import { wordsOf } from '../support/words.js';

const clip = 'test/fixtures/sense-and-sensibility-0870.wav';
const otherClip = 'test/fixtures/sense-and-sensibility-0890.wav';

interface Listened {
  readonly metadata: {
    readonly request_id: string;
    readonly sha256: string;
    readonly convention: object;
    readonly duration: number;
    readonly channels: number;
    readonly models: readonly string[];
    readonly model_info: Readonly<Record<string, { readonly name: string }>>;
  };
  readonly results: {
    readonly channels: readonly {
      readonly alternatives: readonly Alternative[];
      readonly detected_language?: string;
    }[];
    readonly utterances?: readonly {
      readonly start: number;
      readonly end: number;
      readonly transcript: string;
      readonly channel: number;
    }[];
  };
}
interface Alternative {
  readonly paragraphs?: ListenParagraphs;
  readonly transcript: string;
  readonly confidence: number;
  readonly words: readonly {
    readonly word: string;
    readonly start: number;
    readonly end: number;
    readonly confidence: number;
    readonly punctuated_word: string;
  }[];
}

let running: RunningApp;
let client: DeepgramClient;

beforeAll(async () => {
  running = await startApp();
  client = new DeepgramClient({ apiKey: 'none', baseUrl: running.url });
});
afterAll(() => running.close());

const listen = async (
  file: Parameters<DeepgramClient['listen']['v1']['media']['transcribeFile']>[0],
  options: object = {},
): Promise<Listened> =>
  (await client.listen.v1.media.transcribeFile(file, options, {
    maxRetries: 0,
  })) as unknown as Listened;

const post = async (body: Uint8Array | string, query = '', contentType = 'application/octet-stream') => {
  const response = await fetch(`${running.url}/v1/listen?${query}`, {
    method: 'POST',
    body,
    headers: { 'content-type': contentType },
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Listened };
};

async function missing(transcript: string, from = clip): Promise<number> {
  const heard = new Set(wordsOf(transcript));
  const reference = await readFile(from.replace('.wav', '.txt'), 'utf8');
  return wordsOf(reference).filter((word) => !heard.has(word)).length;
}

describe('Deepgram’s client', () => {
  it('gets the words of a recording, with times, confidence and what the answer is about', async () => {
    const { metadata, results } = await listen(createReadStream(clip), {
      model: 'default',
      smart_format: true,
    });
    const [alternative] = results.channels[0]?.alternatives ?? [];
    expect(await missing(alternative?.transcript ?? '')).toBeLessThanOrEqual(2);
    expect(alternative?.confidence).toBeGreaterThan(0.5);
    expect(alternative?.confidence).toBeLessThan(1);
    expect(alternative?.words.map(({ punctuated_word }) => punctuated_word).join(' ')).toBe(
      alternative?.transcript,
    );
    const starts = alternative?.words.map(({ start }) => start) ?? [];
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(metadata.sha256).toBe(
      createHash('sha256')
        .update(await readFile(clip))
        .digest('hex'),
    );
    expect(metadata.duration).toBeCloseTo(7.1, 1);
    expect(metadata.model_info[metadata.models[0] ?? '']?.name).toBe('moonshine-tiny-en');
  });

  it('gets texts, words and paragraphs without punctuation when it asks for that, at the same times', async () => {
    const asIs = await listen(createReadStream(clip), {});
    const options = { punctuate: false, filler_words: false, utterances: true, paragraphs: true };
    const { metadata, results } = await listen(createReadStream(clip), options);
    const [before] = asIs.results.channels[0]!.alternatives as [Alternative];
    const [bare] = results.channels[0]!.alternatives as [Alternative];
    expect(metadata.convention).toEqual({ version: 1 });
    expect(bare.transcript).toBe(before.words.map(({ word }) => word).join(' '));
    const timesOf = ({ words }: Alternative) => words.map(({ word, start, end }) => ({ word, start, end }));
    expect(timesOf(bare)).toEqual(timesOf(before));
    expect(bare.words.map((word) => word.punctuated_word).join(' ')).toBe(bare.transcript);
    expect(bare.paragraphs?.transcript.trim()).toBe(bare.transcript);
    expect(results.utterances?.map(({ transcript }) => transcript).join(' ')).toBe(bare.transcript);
    const answer = await post(await readFile(clip));
    expect(answer.headers.get('hearken-transcript-convention')).toBe('1');
    expect(answer.body.results).toEqual(asIs.results);
  });

  it('gets utterances when it asks for them', async () => {
    const { results } = await listen(createReadStream(clip), { utterances: true });
    expect(results.utterances?.map(({ transcript }) => transcript).join(' ')).toBe(
      results.channels[0]?.alternatives[0]?.transcript,
    );
    expect((await listen(createReadStream(clip))).results.utterances).toBeUndefined();
  });

  it.each([{ paragraphs: true }, { smart_format: true }])('gets paragraphs with %j', async (options) => {
    const { results } = await listen(createReadStream(clip), options);
    const [{ transcript, paragraphs, words } = { transcript: '', paragraphs: undefined, words: [] }] =
      results.channels[0]?.alternatives ?? [];
    expect(paragraphs?.transcript).toBe(`\n${transcript}`);
    const [first, ...others] = paragraphs?.paragraphs ?? [];
    expect(others).toEqual([]);
    expect(first?.num_words).toBe(words.length);
    expect(first?.sentences.map(({ text }) => text).join(' ')).toBe(transcript);
    expect([first?.start, first?.end]).toEqual([words[0]?.start, words.at(-1)?.end]);
  });

  it('gets a paragraph for each side of a long pause', async () => {
    const samples = (await readFile(clip)).subarray(44);
    const twice = wav(Buffer.concat([samples, Buffer.alloc(3 * 32_000), samples]));
    const { results } = await listen(Buffer.from(twice), { paragraphs: true });
    const { transcript = '', paragraphs = [] } = results.channels[0]?.alternatives[0]?.paragraphs ?? {};
    expect(paragraphs).toHaveLength(2);
    expect(transcript.trim().split('\n\n')).toHaveLength(2);
    expect(paragraphs[1]?.start).toBeGreaterThan(9);
  });

  it('gets the language of the model when it asks for detection', async () => {
    const detected = async (options: object) =>
      (await listen(createReadStream(clip), options)).results.channels.map(
        (channel) => channel.detected_language,
      );
    expect(await detected({ detect_language: true })).toEqual(['en']);
    expect(await detected({ detect_language: ['en', 'es'] })).toEqual(['en']);
    expect(await detected({ language: 'multi', keyterm: ['Dashwood'] })).toEqual([undefined]);
  });

  it('is known by a UUID and by the id of its gateway', async () => {
    const response = await fetch(`${running.url}/v1/listen`, {
      method: 'POST',
      body: await readFile(clip),
      headers: { 'x-request-id': 'gateway-42' },
    });
    const { metadata } = (await response.json()) as Listened;
    expect(metadata.request_id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(response.headers.get('dg-request-id')).toBe(metadata.request_id);
    expect(response.headers.get('x-request-id')).toBe('gateway-42');
  });

  it('gets a result for each channel', async () => {
    const stereo = await interleaved(clip, otherClip);
    const { metadata, results } = await listen(stereo, { multichannel: true, utterances: true });
    expect(metadata.channels).toBe(2);
    expect(results.channels).toHaveLength(2);
    expect(await missing(results.channels[0]?.alternatives[0]?.transcript ?? '', clip)).toBeLessThanOrEqual(
      2,
    );
    expect(
      await missing(results.channels[1]?.alternatives[0]?.transcript ?? '', otherClip),
    ).toBeLessThanOrEqual(3);
    expect(new Set(results.utterances?.map(({ channel }) => channel))).toEqual(new Set([0, 1]));
  });

  it('learns which models there are when it names Deepgram’s', async () => {
    const failure = await listen(createReadStream(clip), { model: 'nova-3' }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ statusCode: 400, body: { err_code: 'MODEL_NOT_FOUND' } });
    expect((failure as { body: { err_msg: string } }).body.err_msg).toContain('moonshine-tiny-en');
  });

  it('gets a clear error for a URL: URLs are not fetched', async () => {
    const failure = await client.listen.v1.media
      .transcribeUrl({ url: 'http://169.254.169.254/latest/meta-data' }, { maxRetries: 0 })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ statusCode: 400, body: { err_code: 'UNSUPPORTED_FEATURE' } });
  });
});

describe('a raw body', () => {
  it.each([
    'audio/wav',
    'audio/x-whatever',
    'application/octet-stream',
    'text/plain',
    'application/x-www-form-urlencoded',
  ])('is taken as %s', async (contentType) => {
    const { status, body, headers } = await post(await readFile(clip), '', contentType);
    expect(status).toBe(200);
    expect(await missing(body.results.channels[0]?.alternatives[0]?.transcript ?? '')).toBeLessThanOrEqual(2);
    expect(headers.get('dg-request-id')).toBe(body.metadata.request_id);
    expect(headers.get('x-request-id')).toBe(body.metadata.request_id);
  });

  it('of raw samples gives the same text as the container around them', async () => {
    const file = await readFile(clip);
    const raw = await post(file.subarray(44), 'encoding=linear16&sample_rate=16000&channels=1');
    const whole = await post(file);
    expect(raw.status).toBe(200);
    expect(raw.body.results.channels[0]?.alternatives[0]?.transcript).toBe(
      whole.body.results.channels[0]?.alternatives[0]?.transcript,
    );
  });

  it('without speech gives an empty transcript of known length', async () => {
    const { status, body } = await post(wav(new Uint8Array(2 * 32_000)));
    expect(status).toBe(200);
    expect(body.metadata.duration).toBe(2);
    expect(body.results.channels[0]?.alternatives[0]).toEqual({ transcript: '', confidence: 0, words: [] });
  });

  it.each([
    ['encoding=linear16&sample_rate=0', 400, 'AUDIO_INVALID_RATE'],
    ['encoding=linear16&sample_rate=16000&channels=0', 400, 'AUDIO_INVALID_CHANNELS'],
    ['encoding=linear16&sample_rate=fast', 400, 'INVALID_FIELD'],
    ['encoding=linear16', 400, 'INVALID_FIELD'],
    ['encoding=opus&sample_rate=48000', 400, 'AUDIO_UNSUPPORTED_FORMAT'],
    ['multichannel=perhaps', 400, 'INVALID_FIELD'],
    ['model=default&model=default', 400, 'INVALID_FIELD'],
    ['diarize=true', 400, 'UNSUPPORTED_FEATURE'],
    ['redact=pci&redact=ssn', 400, 'UNSUPPORTED_FEATURE'],
    ['language=de', 400, 'UNSUPPORTED_FEATURE'],
  ])('with ?%s is refused', async (query, status, code) => {
    const answer = await post(await readFile(clip), query);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ err_code: code, request_id: answer.headers.get('dg-request-id') });
    const { err_msg: message } = answer.body as unknown as { err_msg: string };
    expect(answer.headers.get('dg-error')).toBe(`${code}: ${message}`);
  });
});

/** Two recordings as the channels of one; as long as the shorter. */
async function interleaved(left: string, right: string): Promise<Buffer> {
  const [a, b] = (await Promise.all([readFile(left), readFile(right)])).map((file) => {
    const copy = Uint8Array.from(file.subarray(44));
    return new Int16Array(copy.buffer);
  });
  if (a === undefined || b === undefined) throw new Error('two recordings are needed');
  const both = new Int16Array(2 * Math.max(a.length, b.length));
  a.forEach((sample, index) => (both[2 * index] = sample));
  b.forEach((sample, index) => (both[2 * index + 1] = sample));
  return Buffer.from(wav(new Uint8Array(both.buffer), { channels: 2 }));
}
