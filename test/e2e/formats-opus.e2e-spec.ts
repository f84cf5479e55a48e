import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codecFile } from '../support/codec-files.js';
import { oggOpus } from '../support/ogg-writer.js';
import { ReadingEngine } from '../../src/recognition/recordings/reading-engine.js';
import { inPiecesOf, opusPackets, spokenOpus } from '../support/opus.js';
import { ListenClient } from '../support/listen-client.js';
import { fixtureRecordings } from '../support/recordings.js';
import type { Recording } from '../support/recordings.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { transcribe } from '../support/transcribe.js';
import { webmOpus } from '../support/webm-writer.js';
import { wordsOf } from '../support/words.js';

// The same sentence as a WAV file and as Opus: coding may cost a word.
let running: RunningApp;
let expected: string;

beforeAll(async () => {
  running = await startApp();
  const [spoken] = (await fixtureRecordings()) as [Recording];
  expected = (await transcribe(running.url, spoken.file)).text;
  expect(wordsOf(expected).length).toBeGreaterThan(10);
});
afterAll(() => running.close());

/** Words that are in only one of the texts. */
function differences(text: string): number {
  const [heard, wanted] = [wordsOf(text), wordsOf(expected)];
  return Math.max(
    wanted.filter((word) => !heard.includes(word)).length,
    heard.filter((word) => !wanted.includes(word)).length,
  );
}

async function listenTo(body: Uint8Array): Promise<{ status: number; text: string; seconds: number }> {
  const response = await fetch(`${running.url}/v1/listen`, { method: 'POST', body: Uint8Array.from(body) });
  const answer = (await response.json()) as {
    err_code?: string;
    metadata?: { duration: number };
    results?: { channels: { alternatives: { transcript: string }[] }[] };
  };
  const text = answer.results?.channels[0]?.alternatives[0]?.transcript ?? answer.err_code ?? '';
  return { status: response.status, text, seconds: answer.metadata?.duration ?? 0 };
}

const files: readonly (readonly [string, Uint8Array])[] = [
  ['Ogg', spokenOpus],
  ['WebM', webmOpus(opusPackets)],
  ['WebM as a browser records it', webmOpus(opusPackets, { isLive: true })],
  ['Matroska', webmOpus(opusPackets, { docType: 'matroska' })],
  ['Ogg that is cut short', oggOpus(opusPackets).subarray(0, -20)],
];

describe('a recording in Opus', () => {
  it.each(files)('has the text of the WAV file over both protocols: %s', async (_name, file) => {
    const openai = await transcribe(running.url, file);
    expect(openai.status).toBe(200);
    expect(differences(openai.text)).toBeLessThanOrEqual(1);
    const deepgram = await listenTo(file);
    expect(deepgram.status).toBe(200);
    expect(differences(deepgram.text)).toBeLessThanOrEqual(1);
    expect(deepgram.seconds).toBeCloseTo(7.1, 1);
  });

  it('is refused by a name where it cannot be decoded', async () => {
    expect(await transcribe(running.url, webmOpus(opusPackets, { codecId: 'A_VORBIS' }))).toEqual({
      status: 415,
      text: 'AUDIO_UNSUPPORTED_FORMAT',
    });
    expect(await transcribe(running.url, oggOpus([]))).toEqual({ status: 400, text: 'AUDIO_EMPTY' });
    const junk = Array.from({ length: 500 }, () => Uint8Array.of(255, 255, 255));
    expect(await listenTo(webmOpus(junk))).toMatchObject({ status: 400, text: 'AUDIO_CORRUPT' });
  });
});

/** @param messages sent as fast as the socket takes them */
async function heardLive(query: string, messages: readonly Uint8Array[]): Promise<ListenClient> {
  const client = await ListenClient.open(running.url, query);
  for (const message of messages) client.send(message);
  await client.finish();
  return client;
}

describe('live audio in Opus', () => {
  const webm = webmOpus(opusPackets, { isLive: true });

  it.each<[string, string, readonly Uint8Array[]]>([
    ['WebM, as a browser records it', 'interim_results=true', inPiecesOf(webm, 800)],
    ['WebM in one message', '', [webm]],
    ['WebM in pieces of some bytes', '', inPiecesOf(webm, 50)],
    ['Ogg', '', inPiecesOf(spokenOpus, 1_000)],
    [
      'Ogg with the name of an encoding',
      'encoding=ogg-opus&sample_rate=48000',
      inPiecesOf(spokenOpus, 1_000),
    ],
    ['packets without a container', 'encoding=opus&sample_rate=48000', opusPackets],
    ['WebM, although packets were declared', 'encoding=opus&sample_rate=48000', inPiecesOf(webm, 800)],
    ['WebM, although samples were declared', 'encoding=linear16&sample_rate=16000', inPiecesOf(webm, 800)],
  ])('has the text of the WAV file: %s', async (_name, query, messages) => {
    const client = await heardLive(query, messages);
    expect(client.of('Error')).toEqual([]);
    expect((await client.closed).code).toBe(1000);
    expect(differences(client.text())).toBeLessThanOrEqual(1);
    expect(client.of('Metadata')[0]?.duration).toBeCloseTo(7.1, 1);
  });

  it('is refused by a name where it cannot be decoded, and keeps what was said before', async () => {
    const junk = Array.from({ length: 50 }, () => Uint8Array.of(255, 255, 255));
    const refused = await heardLive('encoding=opus&sample_rate=48000', junk);
    expect(await refused.closed).toEqual({ code: 1008, reason: 'DATA-0000: AUDIO_CORRUPT' });
    const vorbis = await heardLive('', inPiecesOf(webmOpus(opusPackets, { codecId: 'A_VORBIS' }), 900));
    expect(await vorbis.closed).toEqual({ code: 1008, reason: 'DATA-0000: AUDIO_UNSUPPORTED_FORMAT' });
    const flac = codecFile('-start.flac.ogg');
    const changed = await heardLive('', [...inPiecesOf(spokenOpus, 1_000), ...inPiecesOf(flac, 1_000)]);
    expect(await changed.closed).toEqual({ code: 1008, reason: 'DATA-0000: AUDIO_UNSUPPORTED_FORMAT' });
    expect(differences(changed.text())).toBeLessThanOrEqual(1);
  });

  it('ends without an error where only a header came, or nothing', async () => {
    for (const messages of [[webm.subarray(0, 200)], [new Uint8Array(0)]]) {
      const client = await heardLive('', messages);
      expect([1000, 1008]).toContain((await client.closed).code);
    }
  });

  it('goes on when the process that decodes it is killed, and loses nothing', async () => {
    const engine = running.app.get(ReadingEngine);
    for (const [query, messages] of [
      ['', inPiecesOf(webm, 1_500)],
      ['', inPiecesOf(spokenOpus, 1_500)],
      ['encoding=opus&sample_rate=48000', opusPackets],
    ] as const) {
      const client = await ListenClient.open(running.url, `${query}&interim_results=true`);
      const half = Math.floor(messages.length / 2);
      for (const message of messages.slice(0, half)) client.send(message);
      await client.until(() => client.of('Results').length > 0);
      for (const pid of engine.live.pids) process.kill(pid, 'SIGKILL');
      for (const message of messages.slice(half)) client.send(message);
      expect((await client.finish()).code).toBe(1000);
      expect(differences(client.text())).toBeLessThanOrEqual(2);
      expect(client.of('Metadata')[0]?.duration).toBeCloseTo(7.1, 0);
    }
  });
});
