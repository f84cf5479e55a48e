import { readFile } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReadingEngine } from '../../src/recognition/recordings/reading-engine.js';
import { codecFile } from '../support/codec-files.js';
import { corpusFolder, withoutCorpus } from '../support/corpus.js';
import { flacSilence } from '../support/flac-writer.js';
import { ListenClient } from '../support/listen-client.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { transcribe } from '../support/transcribe.js';
import { bytesOf, text as ascii, wav } from '../support/wav-writer.js';
import { wordsOf } from '../support/words.js';

// The same sentence in every compressed format. Lossless ones have the text of the samples; coding may cost the others a word.
let running: RunningApp;
const sentence = codecFile('.wav');
const start = wav(sentence.subarray(44, 44 + 2 * 28_800));

beforeAll(async () => {
  running = await startApp({ MAX_AUDIO_SECONDS: '3600' });
});
afterAll(() => running.close());

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function listenTo(
  body: Uint8Array,
  type = 'application/octet-stream',
): Promise<Answer & { seconds: number }> {
  const headers = { 'content-type': type };
  const response = await fetch(`${running.url}/v1/listen`, {
    method: 'POST',
    headers,
    body: Uint8Array.from(body),
  });
  const answer = (await response.json()) as {
    err_code?: string;
    metadata?: { duration: number };
    results?: { channels: { alternatives: { transcript: string }[] }[] };
  };
  const text = answer.results?.channels[0]?.alternatives[0]?.transcript ?? answer.err_code ?? '';
  return { status: response.status, text, seconds: answer.metadata?.duration ?? 0 };
}

/** Words that are in only one of the texts. */
function differences(a: string, b: string): number {
  const [first, second] = [wordsOf(a), wordsOf(b)];
  return Math.max(
    first.filter((word) => !second.includes(word)).length,
    second.filter((word) => !first.includes(word)).length,
  );
}

describe('a recording without loss', () => {
  it.each([
    ['FLAC', codecFile('-start.flac')],
    ['FLAC in Ogg', codecFile('-start.flac.ogg')],
  ])('has the text of the WAV file: %s', async (_, file) => {
    const expected = await transcribe(running.url, start);
    expect(wordsOf(expected.text).length).toBeGreaterThan(2);
    expect(await transcribe(running.url, file)).toEqual(expected);
    const { status, text, seconds } = await listenTo(file);
    expect({ status, words: wordsOf(text) }).toEqual({ status: 200, words: wordsOf(expected.text) });
    expect(seconds).toBeCloseTo(1.8, 2);
  });
});

describe('a recording with loss', () => {
  it.each([
    ['MP3', codecFile('.mp3')],
    ['MP3 of two channels and a variable bit rate', codecFile('-stereo.mp3')],
    ['Vorbis', codecFile('.vorbis.ogg')],
    ['MP3 that is cut short by a tenth of a second', codecFile('.mp3').subarray(0, -500)],
    ['MP3 that begins in the middle of a frame', codecFile('.mp3').subarray(600)],
  ])('has the text of the WAV file but for a word: %s', async (_, file) => {
    const expected = (await transcribe(running.url, sentence)).text;
    for (const { status, text } of [await transcribe(running.url, file), await listenTo(file, 'audio/wav')]) {
      expect(status).toBe(200);
      expect(differences(text, expected)).toBeLessThanOrEqual(1);
    }
  });

  it('is read in memory that does not grow with its length', async () => {
    const file = codecFile('-8k.mp3');
    const tenMinutes = bytesOf(...Array.from({ length: 190 }, () => file));
    const { pool } = running.app.get(ReadingEngine);
    const sizes: number[] = [];
    const timer = setInterval(() => void residentMiB(pool.pids).then((size) => sizes.push(size)), 100);
    const { status, text, seconds } = await listenTo(tenMinutes, 'audio/mpeg');
    clearInterval(timer);
    expect(status).toBe(200);
    expect(seconds).toBeGreaterThan(570);
    expect(wordsOf(text).filter((word) => word === 'man').length).toBeGreaterThan(150);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThan(100);
  }, 300_000);
});

describe('a live stream', () => {
  const streams: readonly (readonly [string, string, Uint8Array])[] = [
    ['FLAC', '', codecFile('-start.flac')],
    ['FLAC that was declared', 'encoding=flac&sample_rate=16000', codecFile('-start.flac')],
    ['FLAC after a tag', '', bytesOf(id3(90_000), codecFile('-start.flac'))],
    ['FLAC in Ogg', '', codecFile('-start.flac.ogg')],
    ['MP3', '', codecFile('.mp3')],
    ['MP3 that begins in the middle of a frame', '', codecFile('.mp3').subarray(600)],
    ['MP3 of two channels', 'encoding=linear16&sample_rate=16000', codecFile('-stereo.mp3')],
    ['Vorbis', '', codecFile('.vorbis.ogg')],
  ];

  it.each(streams)('has the text of the posted file but for a word: %s', async (_, query, file) => {
    const { text } = await listenTo(file);
    expect(wordsOf(text).length).toBeGreaterThan(2);
    for (const pieceBytes of [700, 1_000_000]) {
      const client = await ListenClient.open(running.url, query);
      client.sendInPieces(file, pieceBytes);
      expect((await client.finish()).code).toBe(1000);
      expect(client.of('Error')).toEqual([]);
      expect(differences(client.text(), text)).toBeLessThanOrEqual(1);
    }
  });

  it('goes on when the process that decodes it is killed, and loses nothing', async () => {
    const { live } = running.app.get(ReadingEngine);
    for (const file of ['.mp3', '.vorbis.ogg', '-start.flac', '-start.flac.ogg'].map(codecFile)) {
      const expected = (await listenTo(file)).text;
      const client = await ListenClient.open(running.url, '');
      const half = Math.floor(file.length / 2);
      client.sendInPieces(file.subarray(0, half), 1_000);
      await client.until(() => live.pids.length > 0);
      for (const pid of live.pids) process.kill(pid, 'SIGKILL');
      client.sendInPieces(file.subarray(half), 1_000);
      expect((await client.finish()).code).toBe(1000);
      expect(differences(client.text(), expected)).toBeLessThanOrEqual(1);
    }
  });

  it('keeps what was said before it is refused', async () => {
    const client = await ListenClient.open(running.url, '');
    client.sendInPieces(bytesOf(codecFile('.mp3'), new Uint8Array(200_000)), 5_000);
    expect(await client.closed).toEqual({ code: 1008, reason: 'DATA-0000: AUDIO_CORRUPT' });
    expect(wordsOf(client.text()).length).toBeGreaterThan(2);
  });
});

describe('a file that cannot be decoded', () => {
  it.each([
    ['FLAC without a frame', flacSilence(0), 400, 'AUDIO_EMPTY'],
    ['FLAC that is cut in its header', codecFile('-start.flac').subarray(0, 20), 400, 'AUDIO_CORRUPT'],
    ['a tag alone', bytesOf(ascii('ID3'), new Uint8Array(300)), 400, 'AUDIO_CORRUPT'],
    ['Vorbis that is cut in its headers', codecFile('.vorbis.ogg').subarray(0, 900), 400, 'AUDIO_CORRUPT'],
  ])('is refused by a name: %s', async (_, file, status, code) => {
    expect(await transcribe(running.url, file)).toEqual({ status, text: code });
    expect(await listenTo(file)).toMatchObject({ status, text: code });
  });

  it('is refused where a few bytes hold more hours than are allowed, and costs little memory', async () => {
    const { pool } = running.app.get(ReadingEngine);
    const [pid] = pool.pids;
    const bomb = flacSilence(200_000);
    let most = 0;
    const timer = setInterval(
      () => void residentMiB(pool.pids).then((size) => (most = Math.max(most, size))),
      50,
    );
    const refused = await transcribe(running.url, bomb);
    clearInterval(timer);
    expect(refused).toEqual({ status: 413, text: 'AUDIO_TOO_LONG' });
    expect(most).toBeLessThan(600);
    expect(pool.pids).toContain(pid);
  }, 120_000);
});

const manifest = join(corpusFolder ?? '', 'formats', 'manifest.jsonl');
const present = corpusFolder !== undefined && existsSync(manifest);

describe.skipIf(!present)(`recordings of others${withoutCorpus}`, () => {
  const entries = present
    ? readFileSync(manifest, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { file: string; codec: string; text: string | null })
        .filter(({ codec, text }) => /^(?:mp3|flac|vorbis)$/.test(codec) && text !== null)
    : [];

  it.each(entries)('are recognized: $file', async ({ file, text }) => {
    const bytes = await readFile(join(corpusFolder!, 'formats', file));
    const answer = await transcribe(running.url, bytes);
    expect(answer.status).toBe(200);
    const words = wordsOf(text!);
    const found = words.filter((word) => wordsOf(answer.text).includes(word)).length;
    expect(found / words.length).toBeGreaterThan(0.6);
  });
});

function id3(size: number): Uint8Array {
  const sizes = [21, 14, 7, 0].map((shift) => (size >> shift) & 127);
  return bytesOf(ascii('ID3'), Uint8Array.of(3, 0, 0, ...sizes), new Uint8Array(size).fill(0x55));
}

async function residentMiB(pids: readonly number[]): Promise<number> {
  const sizes = await Promise.all(
    pids.map(async (pid) => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
