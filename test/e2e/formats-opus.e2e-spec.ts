import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oggOpus } from '../support/ogg-writer.js';
import { opusPackets, spokenOpus } from '../support/opus.js';
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
