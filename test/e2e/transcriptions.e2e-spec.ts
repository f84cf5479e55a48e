import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import OpenAI, { BadRequestError, NotFoundError, toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wordsOf } from '../support/words.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { bytesOf, int16Bytes, wav } from '../support/wav-writer.js';

const clip = 'test/fixtures/sense-and-sensibility-0870.wav';
const reference = readFile(clip.replace('.wav', '.txt'), 'utf8');

let running: RunningApp;
let client: OpenAI;

beforeAll(async () => {
  running = await startApp({ MODEL_ALIASES: 'whisper-1=moonshine-tiny-en' });
  client = new OpenAI({ baseURL: `${running.url}/v1`, apiKey: 'none', maxRetries: 0 });
});
afterAll(() => running.close());

const transcribe = (more: object = {}) =>
  client.audio.transcriptions.create({ file: createReadStream(clip), model: 'default', ...more });

/** Words of the reference that a transcript lacks. */
async function missing(text: string): Promise<number> {
  const heard = new Set(wordsOf(text));
  return wordsOf(await reference).filter((word) => !heard.has(word)).length;
}

describe('OpenAI’s client', () => {
  it('gets the words of a recording', async () => {
    const answer = await transcribe();
    expect(await missing(answer.text)).toBeLessThanOrEqual(2);
    expect(answer.usage).toEqual({ type: 'duration', seconds: 8 });
    expect((answer as { _request_id?: string })._request_id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('gets segments and words with times that stay in order and inside the recording', async () => {
    const answer = (await transcribe({
      response_format: 'verbose_json',
      timestamp_granularities: ['word', 'segment'],
    })) as unknown as OpenAI.Audio.TranscriptionVerbose;
    expect(answer.language).toBe('english');
    expect(answer.duration).toBeCloseTo(7.1, 1);
    const times = (answer.words ?? []).flatMap(({ start, end }) => [start, end]);
    expect(times.length).toBeGreaterThan(20);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)).toBeLessThanOrEqual(7.2);
    expect(answer.segments?.map(({ text }) => text).join(' ')).toBe(answer.text);
    for (const { avg_logprob: logProb, tokens } of answer.segments ?? []) {
      expect(logProb).toBeLessThan(0);
      expect(logProb).toBeGreaterThan(-1);
      expect(tokens.length).toBeGreaterThan(0);
    }
  });

  it.each(['text', 'srt', 'vtt'] as const)('gets the same words as %s', async (format) => {
    const answer = (await transcribe({ response_format: format })) as unknown as string;
    expect(await missing(answer)).toBeLessThanOrEqual(2);
  });

  it('gets subtitles of two short lines each, whose words are the text', async () => {
    const file = async () => toFile(await twoClips(), 'two.wav');
    const { text } = await client.audio.transcriptions.create({ file: await file(), model: 'default' });
    const srt = await client.audio.transcriptions.create({
      file: await file(),
      model: 'default',
      response_format: 'srt',
    });
    const cues = srt
      .trim()
      .split('\n\n')
      .map((cue) => cue.split('\n').slice(2));
    expect(cues.length).toBeGreaterThan(2);
    expect(cues.flat().join(' ')).toBe(text);
    for (const lines of cues) expect(lines.length).toBeLessThanOrEqual(2);
    for (const line of cues.flat()) expect(line.length).toBeLessThanOrEqual(42);
  });

  it('reads events whose deltas add up to the text', async () => {
    const two = await twoClips();
    const stream = await client.audio.transcriptions.create({
      file: await toFile(two, 'two.wav'),
      model: 'default',
      stream: true,
      include: ['logprobs'],
    });
    const deltas: string[] = [];
    let done: OpenAI.Audio.TranscriptionTextDoneEvent | undefined;
    for await (const event of stream) {
      if (event.type === 'transcript.text.delta') deltas.push(event.delta);
      else if (event.type === 'transcript.text.done') done = event;
    }
    expect(deltas.length).toBeGreaterThan(1);
    expect(deltas.join('')).toBe(done?.text);
    expect(
      done?.logprobs
        ?.map(({ token }) => token)
        .join('')
        .trim(),
    ).not.toBe('');
    const { text } = await client.audio.transcriptions.create({
      file: await toFile(two, 'two.wav'),
      model: 'default',
    });
    expect(done?.text).toBe(text);
    const { usage } = done ?? {};
    expect(usage?.type).toBe('tokens');
    expect(usage?.input_tokens).toBe(Math.ceil((10 * (two.length - 44)) / 32_000));
    expect(usage?.output_tokens).toBe(done?.logprobs?.length);
    expect(usage?.total_tokens).toBe((usage?.input_tokens ?? 0) + (usage?.output_tokens ?? 0));
  });

  it('gets token log-probabilities whose tokens are the text', async () => {
    const answer = await transcribe({ include: ['logprobs'] });
    expect(
      answer.logprobs
        ?.map(({ token }) => token)
        .join('')
        .trim(),
    ).toBe(answer.text);
  });

  it('gets an empty text with status 200 for a recording without speech', async () => {
    const silence = wav(new Uint8Array(2 * 32_000));
    const answer = await client.audio.transcriptions.create({
      file: await toFile(silence, 's.wav'),
      model: 'default',
    });
    expect(answer.text).toBe('');
    expect(answer.usage).toEqual({ type: 'duration', seconds: 2 });
  });

  it('lists the models, and finds one by id, alias and default', async () => {
    expect((await client.models.list()).data.map(({ id }) => id)).toEqual(['moonshine-tiny-en', 'whisper-1']);
    for (const name of ['moonshine-tiny-en', 'whisper-1', 'default']) {
      const found = await client.models.retrieve(name);
      expect(found).toMatchObject({ id: 'moonshine-tiny-en', root: 'moonshine-tiny-en' });
    }
    expect(await missing((await transcribe({ model: 'whisper-1' })).text)).toBeLessThanOrEqual(2);
  });

  it('learns which models there are when it names another', async () => {
    const failure = await transcribe({ model: 'gpt-4o-transcribe' }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(NotFoundError);
    expect(failure).toMatchObject({ code: 'MODEL_NOT_FOUND', param: 'model', type: 'invalid_request_error' });
    const { message } = failure as Error;
    expect(message).toContain('gpt-4o-transcribe');
    expect(message).toContain('moonshine-tiny-en');
    expect(message).toContain('MODEL_ALIASES=whisper-1=moonshine-tiny-en,');
    expect((failure as NotFoundError).requestID).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    [{ response_format: 'diarized_json' }, 'UNSUPPORTED_FEATURE', 'response_format'],
    [{ response_format: 'xml' }, 'INVALID_FIELD', 'response_format'],
    [{ language: 'de' }, 'UNSUPPORTED_FEATURE', 'language'],
    [{ temperature: 2 }, 'INVALID_FIELD', 'temperature'],
    [{ timestamp_granularities: ['letter'] }, 'INVALID_FIELD', 'timestamp_granularities'],
    [{ include: ['moods'] }, 'INVALID_FIELD', 'include'],
    [{ known_speaker_names: ['a'] }, 'UNSUPPORTED_FEATURE', 'known_speaker_names'],
    [{ stream: true, response_format: 'srt' }, 'UNSUPPORTED_FEATURE', 'stream'],
  ])('is told what is wrong with %j', async (fields, code, param) => {
    const failure = await transcribe(fields).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(BadRequestError);
    expect(failure).toMatchObject({ code, param });
  });

  it('may send what has no effect, and an object for chunking_strategy', async () => {
    const answer = await transcribe({
      prompt: 'Austen',
      temperature: 0,
      language: 'en-US',
      chunking_strategy: { type: 'server_vad', threshold: 0.5 },
    });
    expect(await missing(answer.text)).toBeLessThanOrEqual(2);
  });
});

describe('the form', () => {
  const post = async (form: FormData): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(`${running.url}/v1/audio/transcriptions`, { method: 'POST', body: form });
    return { status: response.status, body: await response.json() };
  };

  it('takes its parts in any order, and names of lists without brackets', async () => {
    const file = new Blob([await readFile(clip)]);
    const form = new FormData();
    form.append('timestamp_granularities', 'word');
    form.append('unknown', 'field');
    form.append('response_format', 'verbose_json');
    form.append('file', file, 'a.wav');
    const { status, body } = await post(form);
    expect(status).toBe(200);
    expect(body).toHaveProperty('words');
    expect(body).not.toHaveProperty('segments');
  });
});

/** The clip twice, with two seconds of silence between: at least two segments. */
async function twoClips(): Promise<Uint8Array> {
  const samples = (await readFile(clip)).subarray(44);
  return wav(bytesOf(samples, int16Bytes(Array<number>(32_000).fill(0)), samples));
}
