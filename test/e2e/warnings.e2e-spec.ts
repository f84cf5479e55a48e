import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Resampler } from '../../src/normalization/resampler.js';
import { FakeRecognizer, segment } from '../support/fake-recognizer.js';
import { ListenClient } from '../support/listen-client.js';
import { readSamples, valueOf } from '../support/prometheus-text.js';
import { fixtureRecordings, samplesOf } from '../support/recordings.js';
import { expectSound, RealtimeClient } from '../support/realtime-client.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { noise } from '../support/tone.js';
import { wav } from '../support/wav-writer.js';

interface Warning {
  readonly code: string;
  readonly message: string;
}

let running: RunningApp;
/** Some seconds of speech, at 16 kHz. */
let speech: Float32Array;
let pcm: Uint8Array;

const bytesOf16 = (samples: Float32Array): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Int16Array.from(samples, (sample) => Math.max(-1, Math.min(1, sample)) * 32_767).buffer);

function atRate(sampleRate: number): Uint8Array<ArrayBuffer> {
  const resampler = new Resampler(16_000, sampleRate);
  const parts = [resampler.push(speech), resampler.flush()];
  return bytesOf16(Float32Array.from(parts.flatMap((part) => [...part])));
}

async function listen(query: string, body: Uint8Array): Promise<readonly Warning[] | undefined> {
  const response = await fetch(`${running.url}/v1/listen?${query}`, {
    method: 'POST',
    body: Buffer.from(body),
  });
  expect(response.status).toBe(200);
  return ((await response.json()) as { metadata: { warnings?: Warning[] } }).metadata.warnings;
}

async function transcribe(
  file: Uint8Array,
  fields: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([Uint8Array.from(file)]), 'a.wav');
  return fetch(`${running.url}/v1/audio/transcriptions`, { method: 'POST', body: form });
}

beforeAll(async () => {
  running = await startApp();
  const recordings = await fixtureRecordings();
  speech = samplesOf(recordings[2]!.pcm).subarray(0, 16_000 * 7);
  pcm = bytesOf16(speech);
});
afterAll(() => running.close());

describe('warnings of Deepgram’s API for recordings', () => {
  it('has none for audio that is what it is said to be', async () => {
    expect(await listen('', wav(pcm))).toBeUndefined();
    for (const rate of [8_000, 16_000, 48_000]) {
      expect(await listen(`encoding=linear16&sample_rate=${rate}`, atRate(rate))).toBeUndefined();
    }
  });

  it.each([
    [48_000, 16_000],
    [48_000, 8_000],
    [16_000, 8_000],
    [16_000, 48_000],
    [8_000, 16_000],
    [8_000, 48_000],
  ])('names samples of %i Hz that are declared as %i Hz, raw and in a WAV file', async (actual, declared) => {
    const samples = atRate(actual);
    const expected = [
      {
        code: 'AUDIO_SAMPLE_RATE',
        type: 'unsupported_encoding',
        parameter: 'sample_rate',
        message: `The samples seem to be of ${actual} Hz, not ${declared}.`,
      },
    ];
    expect(await listen(`encoding=linear16&sample_rate=${declared}`, samples)).toEqual(expected);
    expect(await listen('', wav(samples, { sampleRate: declared }))).toEqual(expected);
  });

  it('names base64 text, the other byte order, a file that is cut short, and noise', async () => {
    const raw = 'encoding=linear16&sample_rate=16000';
    const codes = async (query: string, body: Uint8Array): Promise<readonly string[] | undefined> =>
      (await listen(query, body))?.map(({ code }) => code);
    expect(await codes(raw, Buffer.from(Buffer.from(pcm).toString('base64')))).toEqual(['AUDIO_BASE64']);
    expect(await codes(raw, Buffer.from(pcm).swap16())).toEqual(['AUDIO_ENCODING']);
    expect(await codes('', wav(pcm).subarray(0, 40_000))).toEqual(['AUDIO_TRUNCATED']);
    expect(await codes(raw, bytesOf16(noise(80_000).map((sample) => sample * 0.3)))).toEqual([
      'AUDIO_NO_SPEECH',
    ]);
    expect(await codes(raw, new Uint8Array(160_000))).toBeUndefined();
  });

  it('reports each warning once, however many channels there are', async () => {
    const stereo = new Uint8Array(Int16Array.from(noise(160_000), (sample) => sample * 9_000).buffer);
    const query = 'encoding=linear16&sample_rate=16000&channels=2&multichannel=true';
    expect((await listen(query, stereo))?.map(({ code }) => code)).toEqual(['AUDIO_NO_SPEECH']);
  });
});

describe('warnings of OpenAI’s API for recordings', () => {
  let wrong: Uint8Array;
  beforeAll(() => {
    wrong = wav(atRate(48_000), { sampleRate: 16_000 });
  });
  const message = 'The samples seem to be of 48000 Hz, not 16000.';

  it.each(['json', 'verbose_json'])('stand in the body of %s', async (format) => {
    const body = (await (await transcribe(wrong, { response_format: format })).json()) as {
      warnings?: Warning[];
    };
    expect(body.warnings).toEqual([{ code: 'AUDIO_SAMPLE_RATE', param: 'sample_rate', message }]);
    const right = (await (await transcribe(wav(pcm), { response_format: format })).json()) as object;
    expect(right).not.toHaveProperty('warnings');
  });

  it.each(['text', 'srt', 'vtt'])('stand in a header beside %s', async (format) => {
    const response = await transcribe(wrong, { response_format: format });
    expect(response.headers.get('hearken-warnings')).toBe('AUDIO_SAMPLE_RATE');
    const right = await transcribe(wav(pcm), { response_format: format });
    expect(right.headers.get('hearken-warnings')).toBeNull();
  });

  it('stand in the last event of a stream', async () => {
    const events = await (await transcribe(wrong, { stream: 'true' })).text();
    const done = /data: (\{"type":"transcript\.text\.done".*\})/.exec(events)?.[1] ?? '{}';
    expect((JSON.parse(done) as { warnings?: Warning[] }).warnings?.[0]?.message).toBe(message);
  });

  it('name fields that are nearly known, and none that are', async () => {
    const file = wav(pcm);
    const given = (await (await transcribe(file, { reponse_format: 'text', user: 'me' })).json()) as {
      warnings?: Warning[];
    };
    expect(given.warnings?.map(({ code }) => code)).toEqual(['FIELD_UNKNOWN']);
    expect((await listen('smart_fromat=true', file))?.map(({ code }) => code)).toEqual(['FIELD_UNKNOWN']);
    expect(await listen('smart_format=true&keyterm=one&tag=two&extra=a:b', file)).toBeUndefined();
  });

  it('are an error that names base64 where the text cannot be audio', async () => {
    const response = await transcribe(Buffer.from(Buffer.from(wav(pcm)).toString('base64')));
    expect(response.status).toBe(415);
    expect(await response.text()).toMatch(/base64/);
  });
});

describe('warnings of Deepgram’s API for live audio', () => {
  async function warningsOf(
    query: string,
    bytes: Uint8Array,
    pieceBytes = 3_201,
  ): Promise<readonly string[]> {
    const client = await ListenClient.open(running.url, query);
    client.sendInPieces(bytes, pieceBytes);
    expect((await client.finish()).code).toBe(1000);
    expect(client.faults).toEqual([]);
    const metadata = client.messages.at(-1);
    if (metadata?.type !== 'Metadata') throw new Error('no Metadata came');
    return (metadata.warnings ?? []).map(({ code, message }) => `${code}: ${message}`);
  }
  const silence = new Uint8Array(32_000);

  it.each([
    [48_000, 16_000],
    [48_000, 8_000],
    [16_000, 8_000],
    [16_000, 48_000],
    [8_000, 16_000],
    [8_000, 48_000],
  ])('name samples of %i Hz that are declared as %i Hz, at the end', async (actual, declared) => {
    const expected = [`AUDIO_SAMPLE_RATE: The samples seem to be of ${actual} Hz, not ${declared}.`];
    const samples = Buffer.concat([silence, atRate(actual)]);
    expect(await warningsOf(`encoding=linear16&sample_rate=${declared}`, samples)).toEqual(expected);
    expect(await warningsOf('', wav(samples, { sampleRate: declared }), 641)).toEqual(expected);
  });

  it('name base64 frames, a file that is cut short, and noise, and nothing where all is well', async () => {
    const raw = 'encoding=linear16&sample_rate=16000';
    const base64 = Buffer.from(Buffer.from(pcm).toString('base64'));
    expect(await warningsOf(raw, base64)).toEqual([expect.stringMatching(/^AUDIO_BASE64: /)]);
    expect(await warningsOf('', wav(pcm).subarray(0, 100_000))).toEqual([
      expect.stringMatching(/^AUDIO_TRUNCATED: /),
    ]);
    const loud = bytesOf16(noise(80_000).map((sample) => sample * 0.3));
    expect(await warningsOf(raw, loud)).toEqual([expect.stringMatching(/^AUDIO_NO_SPEECH: /)]);
    expect(await warningsOf(raw, Buffer.concat([silence, pcm]))).toEqual([]);
    expect(await warningsOf('', wav(pcm))).toEqual([]);
  });
});

describe('warnings of OpenAI’s realtime API', () => {
  const message = 'The samples seem to be of 48000 Hz, not 16000.';
  async function session(turnDetection: object | null): Promise<RealtimeClient> {
    const client = await RealtimeClient.open(running.url);
    await client.update({ format: { type: 'audio/pcm', rate: 16_000 }, turn_detection: turnDetection });
    return client;
  }

  it('stand in the answer to a commit', async () => {
    const client = await session(null);
    client.append(atRate(48_000));
    client.send({ type: 'input_audio_buffer.commit' });
    const completed = await client.next('completed');
    expect(completed['warnings']).toEqual([{ code: 'AUDIO_SAMPLE_RATE', param: 'sample_rate', message }]);
    expectSound(client);
    await client.close();
  });

  it('are sent without a final if nothing is recognized', async () => {
    const client = await session({ type: 'server_vad' });
    client.append(bytesOf16(noise(16_000 * 10).map((sample) => sample * 0.3)));
    const { session: told } = (await client.next('session.updated', 2)) as unknown as {
      session: { warnings: readonly Warning[] };
    };
    expect(told.warnings.map(({ code }) => code)).toEqual(['AUDIO_NO_SPEECH']);
    await client.close();
  });

  it('are left out where all is well', async () => {
    const client = await session(null);
    client.append(pcm);
    client.send({ type: 'input_audio_buffer.commit' });
    expect(await client.next('completed')).not.toHaveProperty('warnings');
    await client.close();
  });
});

describe('another reading of an input', () => {
  it('is a trial, which a decoder that finds no end does not try again', async () => {
    const recognizer = new FakeRecognizer({ segments: [segment(0, 0, 2_000, 'hardly a word', -3)] });
    const scripted = await startApp({}, recognizer);
    try {
      const query = 'encoding=linear16&sample_rate=16000';
      const request = { method: 'POST', body: Buffer.from(pcm) };
      expect((await fetch(`${scripted.url}/v1/listen?${query}`, request)).status).toBe(200);
    } finally {
      await scripted.close();
    }
    // As declared, then at 8 and at 48 kHz.
    expect(recognizer.asked.map(({ instructions }) => instructions?.isTrial ?? false)).toEqual([
      false,
      true,
      true,
    ]);
  });
});

describe('the metric of warnings', () => {
  it('counts them by code, with no text in it', async () => {
    const metrics = await (await fetch(`${running.url}/metrics`)).text();
    const samples = readSamples(metrics);
    const of = (warning: string, protocol: string): number | undefined =>
      valueOf(samples, 'hearken_warnings_total', { warning, protocol });
    expect(of('AUDIO_SAMPLE_RATE', 'deepgram-rest')).toBe(12);
    expect(of('AUDIO_SAMPLE_RATE', 'openai-rest')).toBeGreaterThanOrEqual(6);
    expect(of('AUDIO_BASE64', 'deepgram-rest')).toBe(1);
    expect(of('AUDIO_SAMPLE_RATE', 'openai-realtime')).toBe(1);
    expect(of('AUDIO_TRUNCATED', 'openai-realtime')).toBe(0);
  });
});
