import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { FakeRecognizer, segment } from '../support/fake-recognizer.js';
import { ListenClient } from '../support/listen-client.js';
import { RealtimeClient } from '../support/realtime-client.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { wav } from '../support/wav-writer.js';

// What fields mean is settled before anything is recognized: a script stands in for the model.
const recognizer = new FakeRecognizer({ segments: [segment(0, 100, 900, 'Hello there.')] });
const clip = await readFile('test/fixtures/sense-and-sensibility-0880.wav');
let running: RunningApp;

beforeAll(async () => {
  running = await startApp({}, recognizer);
});
afterAll(() => running.close());

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

async function answerOf(response: Response): Promise<Answer> {
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    text: await response.text(),
  };
}

/** As a form of OpenAI's. */
async function form(fields: readonly (readonly [string, string])[]): Promise<Answer> {
  const body = new FormData();
  body.append('file', new Blob([clip]), 'a.wav');
  for (const [name, value] of fields) body.append(name, value);
  return answerOf(await fetch(`${running.url}/v1/audio/transcriptions`, { method: 'POST', body }));
}

/** As Deepgram's query. */
async function query(fields: string): Promise<Answer> {
  return answerOf(await fetch(`${running.url}/v1/listen?${fields}`, { method: 'POST', body: clip }));
}

const optional = [
  'model',
  'language',
  'languages[]',
  'prompt',
  'response_format',
  'temperature',
  'stream',
  'timestamp_granularities[]',
  'include[]',
  'chunking_strategy',
  'keywords[]',
  'known_speaker_names[]',
  'known_speaker_references[]',
];
const ofListen = [
  'model',
  'language',
  'encoding',
  'sample_rate',
  'channels',
  'multichannel',
  'utterances',
  'diarize',
  'redact',
  'detect_language',
  'callback',
];
const ofLive = [...ofListen, 'interim_results', 'endpointing', 'utterance_end_ms', 'vad_events'];

describe('a field that is blank', () => {
  it.each(optional.flatMap((name) => ['', ' ', 'None'].map((value) => [name, value] as const)))(
    'is left out of the form: %s=“%s”',
    async (name, value) => {
      expect(await form([[name, value]])).toMatchObject({
        status: 200,
        text: expect.stringContaining('Hello there.') as string,
      });
    },
  );

  it('may stand beside all the others', async () => {
    expect((await form(optional.map((name) => [name, '']))).status).toBe(200);
    expect((await query(ofListen.map((name) => `${name}=`).join('&'))).status).toBe(200);
  });

  it.each(ofListen)('is left out of the query of a recording: %s', async (name) => {
    expect((await query(`${name}=`)).status).toBe(200);
  });

  it.each(ofLive)('is left out of the query of a live stream: %s', async (name) => {
    const client = await ListenClient.open(running.url, `interim_results=true&${name}=&${name}=%20`);
    client.socket.terminate();
  });

  it('is left out of an event', async () => {
    const client = await RealtimeClient.open(running.url, '?model=&intent=');
    client.send({
      type: 'session.update',
      session: {
        type: 'transcription',
        audio: {
          input: {
            transcription: { model: '', language: '', prompt: '', delay: '' },
            noise_reduction: '',
            turn_detection: { type: '', threshold: 0.4 },
          },
        },
      },
    });
    const { session } = await client.next('session.updated');
    expect(session).toMatchObject({ audio: { input: { turn_detection: { threshold: 0.4 } } } });
    await client.close();
  });
});

describe('a boolean', () => {
  it.each(['true', 'True', 'TRUE', '1'])('is true as %s', async (value) => {
    expect((await form([['stream', value]])).type).toContain('text/event-stream');
    expect(JSON.parse((await query(`utterances=${value}`)).text)).toHaveProperty('results.utterances');
  });

  it.each(['false', 'False', '0', 'no'])('is false as %s, and asks for no feature', async (value) => {
    expect((await form([['stream', value]])).type).toContain('application/json');
    const { status, text } = await query(`utterances=${value}&diarize=${value}&numerals=${value}`);
    expect(status).toBe(200);
    expect(JSON.parse(text)).not.toHaveProperty('results.utterances');
    const live = `interim_results=${value}&vad_events=${value}&diarize=${value}&endpointing=False`;
    (await ListenClient.open(running.url, live)).socket.terminate();
  });

  it.each(['maybe', '2'])('is refused as %s', async (value) => {
    expect((await form([['stream', value]])).status).toBe(400);
    expect((await query(`multichannel=${value}`)).status).toBe(400);
  });
});

describe('a language', () => {
  it.each(['auto', 'multi', '', 'en-GB', 'English'])('may be %j for what is loaded', async (language) => {
    expect((await form([['language', language]])).status).toBe(200);
    expect((await form([['languages[]', language]])).status).toBe(200);
    expect((await query(`language=${language}`)).status).toBe(200);
    (await ListenClient.open(running.url, `language=${language}`)).socket.terminate();
    const client = await RealtimeClient.open(running.url, '');
    const transcription = { language, languages: [language] };
    client.send({ type: 'session.update', session: { audio: { input: { transcription } } } });
    await client.next('session.updated');
    await client.close();
  });

  it('that the model does not know is refused', async () => {
    expect((await form([['language', 'de']])).status).toBe(400);
    expect((await query('language=de')).status).toBe(400);
  });
});

describe('a path with a slash too many', () => {
  it.each([
    ['POST', '/v1//listen'],
    ['POST', '/v1/listen/'],
    ['POST', '//v1/listen/?model=default'],
    ['GET', '/v1/models/'],
    ['GET', '/v1//models/default'],
  ])('is served: %s %s', async (method, path) => {
    const upload = method === 'POST' ? { body: clip } : {};
    expect((await fetch(`${running.url}${path}`, { method, ...upload })).status).toBe(200);
  });

  it.each(['//v1/listen', '/v1/listen/', '/v1//realtime/'])('opens a socket: %s', async (path) => {
    const socket = new WebSocket(`${running.url.replace('http', 'ws')}${path}`);
    await once(socket, 'open');
    socket.terminate();
  });

  it('has its errors in the shape of the path that was meant', async () => {
    const response = await fetch(`${running.url}//v1//listen/?model=none-such`, {
      method: 'POST',
      body: clip,
    });
    expect(await response.json()).toMatchObject({ err_code: 'MODEL_NOT_FOUND' });
  });
});

describe('a body', () => {
  it.each([
    ['short', wav(new Uint8Array(2_000))],
    ['long', wav(new Uint8Array(300_000))],
  ])('whose recording came as text, %s, is told that it lacks a file name', async (_length, bytes) => {
    const boundary = 'the-boundary';
    const body = Buffer.concat([
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="file"\r\n\r\n`),
      bytes,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]);
    const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
    const response = await fetch(`${running.url}/v1/audio/transcriptions`, { method: 'POST', headers, body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: {
        code: 'FILE_MISSING',
        param: 'file',
        message: expect.stringContaining('without a file name') as string,
      },
    });
  });

  it.each(['/v1/listen', '/v1/audio/transcriptions'])(
    'that is compressed is refused at %s by its encoding',
    async (path) => {
      const headers = { 'content-encoding': 'gzip', 'content-type': 'multipart/form-data; boundary=x' };
      const { status, text } = await answerOf(
        await fetch(`${running.url}${path}`, { method: 'POST', headers, body: gzipSync(clip) }),
      );
      expect(status).toBe(415);
      expect(text).toContain('Content-Encoding gzip');
    },
  );

  it('gets a list of the text formats for an unknown one', async () => {
    const { text } = await form([['response_format', 'xml']]);
    expect(text).toContain('json, text, srt, verbose_json, vtt');
    expect(text).not.toContain('diarized_json');
  });
});
