import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ListenClient, transcriptOf } from '../support/listen-client.js';
import { fixtureRecordings } from '../support/recordings.js';
import type { Recording } from '../support/recordings.js';
import { missing } from '../support/spoken.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { wordsOf } from '../support/words.js';

const raw = 'encoding=linear16&sample_rate=16000';
const silence = (seconds: number): Uint8Array => new Uint8Array(seconds * 32_000);

let running: RunningApp;
let first: Recording;
const clients: ListenClient[] = [];

async function open(
  query: string,
  options: Parameters<typeof ListenClient.open>[2] = {},
): Promise<ListenClient> {
  const client = await ListenClient.open(running.url, query, options);
  clients.push(client);
  return client;
}

beforeAll(async () => {
  running = await startApp();
  [first] = (await fixtureRecordings()) as [Recording];
});
afterAll(() => running.close());
afterEach(() => {
  for (const client of clients.splice(0)) {
    client.socket.terminate();
    expect(client.faults).toEqual([]);
  }
});

describe('a live stream', () => {
  it('gets interim results, then finals, then metadata, and is closed with 1000', async () => {
    const client = await open(`${raw}&interim_results=true&tag=a&smart_format=true`);
    client.sendInPieces(first.pcm.subarray(0, 2 * 32_000), 3_200);
    await client.until(() => client.of('Results').length > 0);
    client.sendInPieces(first.pcm.subarray(2 * 32_000), 3_200);
    expect(await client.finish()).toEqual({ code: 1000, reason: '' });
    expect(missing(client.text(), first)).toBeLessThanOrEqual(2);
    const results = client.of('Results');
    const interim = results.filter((message) => !message.is_final);
    expect(interim.length).toBeGreaterThan(0);
    expect(interim.every(({ speech_final: final }) => !final)).toBe(true);
    expect(results.at(-1)).toMatchObject({ is_final: true, speech_final: true, from_finalize: false });
    expect(client.messages.at(-1)).toEqual({
      type: 'Metadata',
      transaction_key: 'deprecated',
      request_id: (await client.headers())['dg-request-id'],
      sha256: createHash('sha256').update(first.pcm).digest('hex'),
      created: expect.any(String) as string,
      duration: expect.closeTo(first.pcm.length / 32_000, 1) as number,
      channels: 1,
      models: [results[0]?.metadata.model_uuid],
      model_info: { [results[0]?.metadata.model_uuid ?? '']: results[0]?.metadata.model_info },
      convention: { version: 1 },
    });
  });

  it('writes texts and words as the query asks, with the times of the words', async () => {
    const client = await open(
      `${raw}&punctuate=false&numerals=true&filler_words=false&profanity_filter=true`,
    );
    client.send(first.pcm);
    await client.finish();
    expect(client.text()).toMatch(/^[\p{Ll}\p{N}' -]+$/u);
    expect(missing(client.text(), first)).toBeLessThanOrEqual(2);
    for (const { channel } of client.finals()) {
      const { words, transcript } = channel.alternatives[0];
      expect(words.map(({ punctuated_word: word }) => word).join(' ')).toBe(transcript);
      for (const { word, punctuated_word: written, start, end } of words) {
        expect(word).toBe(written);
        expect(end).toBeGreaterThan(start);
      }
    }
  });

  it('has words in the order of time, within their result', async () => {
    const client = await open(raw);
    client.send(first.pcm);
    await client.finish();
    let at = 0;
    for (const { start, duration, channel } of client.finals()) {
      const { words, transcript } = channel.alternatives[0];
      expect(words.map(({ punctuated_word: word }) => word).join(' ')).toBe(transcript);
      expect(start).toBeGreaterThanOrEqual(at);
      at = start;
      for (const word of words) {
        expect(word.start).toBeGreaterThanOrEqual(at - 0.002);
        at = word.end;
      }
      expect(at).toBeCloseTo(start + duration, 2);
    }
    expect(at).toBeGreaterThan(5);
  });

  it('gets no interim result that it has not asked for, and none twice', async () => {
    const [plain, wanted] = await Promise.all([open(raw), open(`${raw}&interim_results=true`)]);
    for (const client of [plain, wanted]) client.sendInPieces(first.pcm, 8_000);
    await Promise.all([plain.finish(), wanted.finish()]);
    expect(plain.of('Results').every(({ is_final: isFinal }) => isFinal)).toBe(true);
    const results = wanted.of('Results').map((message) => `${message.is_final} ${transcriptOf(message)}`);
    results.forEach((result, at) => expect(result).not.toBe(results[at + 1]));
  });

  it.each([1, 333, 1_048_576])('is the same in messages of %i bytes at most', async (pieceBytes) => {
    const short = first.pcm.subarray(0, 2 * 32_000);
    const [whole, pieces] = await Promise.all([open(raw), open(raw)]);
    whole.send(short);
    pieces.sendInPieces(short, pieceBytes);
    await Promise.all([whole.finish(), pieces.finish()]);
    expect(whole.text()).not.toBe('');
    expect(pieces.text()).toBe(whole.text());
    expect(pieces.of('Metadata')[0]?.sha256).toBe(whole.of('Metadata')[0]?.sha256);
  });

  it('loses nothing while it comes faster than it is decoded', async () => {
    const client = await open(raw);
    const times = 6;
    for (let count = 0; count < times; count++)
      client.sendInPieces(Buffer.concat([first.pcm, silence(1)]), 64_000);
    expect((await client.finish()).code).toBe(1000);
    expect(client.of('Metadata')[0]?.duration).toBeCloseTo(times * (first.pcm.length / 32_000 + 1), 1);
    const heard = wordsOf(client.text());
    expect(heard.filter((word) => word === 'dashwood').length).toBeGreaterThanOrEqual(times);
  });

  it('reports where speech starts and where an utterance ends', async () => {
    const client = await open(
      `${raw}&interim_results=true&utterance_end_ms=1000&vad_events=true&endpointing=300`,
    );
    client.send(Buffer.concat([silence(1), first.pcm, silence(2)]));
    await client.until(() => client.of('UtteranceEnd').length > 0);
    await client.finish();
    const started = client.of('SpeechStarted');
    expect(started[0]).toMatchObject({ channel: [0, 1] });
    expect(started[0]?.timestamp).toBeGreaterThan(0.8);
    expect(started[0]?.timestamp).toBeLessThan(2);
    const lastWord = client.finals().at(-1)?.channel.alternatives[0].words.at(-1);
    const ended = client.of('UtteranceEnd').at(-1);
    expect(ended?.last_word_end).toBeCloseTo(lastWord?.end ?? 0, 2);
    const order = client.messages.map(({ type }) => type);
    expect(order.indexOf('SpeechStarted')).toBeLessThan(order.indexOf('Results'));
    expect(order.lastIndexOf('Results')).toBeLessThan(order.lastIndexOf('UtteranceEnd'));
  });

  it('says UtteranceEnd also where no silence ends an utterance', async () => {
    const client = await open(`${raw}&interim_results=true&utterance_end_ms=1000&endpointing=false`);
    client.send(Buffer.concat([first.pcm, silence(3)]));
    await client.until(() => client.of('UtteranceEnd').length > 0);
    expect(client.finals().some(({ speech_final: final }) => final)).toBe(false);
    await client.finish();
    expect(client.finals().at(-1)).toMatchObject({ speech_final: true });
  });

  it('ends an utterance at a silence, and sooner with a shorter endpointing', async () => {
    const spoken = Buffer.concat([first.pcm.subarray(0, 2 * 32_000), silence(1), first.pcm, silence(1)]);
    const [short, none] = await Promise.all([
      open(`${raw}&endpointing=10`),
      open(`${raw}&endpointing=false`),
    ]);
    for (const client of [short, none]) client.send(spoken);
    await short.until(() => short.finals().filter(({ speech_final: final }) => final).length >= 2);
    await Promise.all([short.finish(), none.finish()]);
    expect(none.finals().filter(({ speech_final: final }) => final)).toHaveLength(1);
  });

  it('without speech gets metadata alone', async () => {
    const client = await open(`${raw}&interim_results=true&vad_events=true`);
    client.send(silence(3));
    await client.finish();
    expect(client.messages.map(({ type }) => type)).toEqual(['Metadata']);
    expect(client.of('Metadata')[0]?.duration).toBeCloseTo(3, 1);
  });

  it('without audio gets metadata alone', async () => {
    const client = await open('');
    expect((await client.finish()).code).toBe(1000);
    expect(client.messages).toEqual([
      expect.objectContaining({ type: 'Metadata', duration: 0, channels: 1 }),
    ]);
  });
});

describe('Finalize', () => {
  it('gets the text so far, and the stream goes on', async () => {
    const client = await open(raw);
    const middle = first.pcm.length >> 1;
    client.send(first.pcm.subarray(0, middle));
    client.send({ type: 'Finalize' });
    await client.until(() => client.finals().some(({ from_finalize: answer }) => answer));
    expect(client.text()).not.toBe('');
    expect(client.finals().at(-1)).toMatchObject({ is_final: true, speech_final: true, from_finalize: true });
    const before = client.finals().length;
    client.send(first.pcm.subarray(middle));
    await client.finish();
    expect(client.finals().length).toBeGreaterThan(before);
    expect(
      client
        .finals()
        .slice(before)
        .every(({ from_finalize: answer }) => !answer),
    ).toBe(true);
  });

  it('is answered also where nothing is left, each time, before audio came and after', async () => {
    const client = await open(raw);
    client.send({ type: 'Finalize' });
    await client.until(() => client.finals().length === 1);
    client.send(silence(1));
    client.send({ type: 'Finalize' });
    client.send({ type: 'Finalize', channel: 0 });
    await client.until(() => client.finals().length === 3);
    for (const message of client.finals()) {
      expect(message).toMatchObject({ is_final: true, from_finalize: true, duration: 0 });
      expect(transcriptOf(message)).toBe('');
    }
    await client.finish();
    expect(client.finals()).toHaveLength(3);
  });
});

describe('messages that are not understood', () => {
  it('are answered, and the stream goes on', async () => {
    const client = await open(raw);
    const wrong = ['hello', '{}', '{"type":"Configure"}', { type: 'Finalize', channel: 4 }];
    for (const message of wrong) client.send(message);
    client.send(new Uint8Array(0));
    client.send({ type: 'KeepAlive' });
    client.send(first.pcm);
    expect((await client.finish()).code).toBe(1000);
    expect(client.of('Error').map(({ code }) => code)).toEqual([
      'INVALID_REQUEST',
      'INVALID_REQUEST',
      'INVALID_REQUEST',
      'INVALID_FIELD',
    ]);
    expect(missing(client.text(), first)).toBeLessThanOrEqual(2);
  });

  it('close the stream when there are too many, after its finals', async () => {
    const client = await open(raw);
    client.send(first.pcm);
    for (let count = 0; count < 12; count++) client.send('again');
    expect((await client.closed).code).toBe(1008);
    expect(client.of('Error')).toHaveLength(10);
    expect(missing(client.text(), first)).toBeLessThanOrEqual(2);
  });

  it('close the stream with 1009 when they are too large', async () => {
    const client = await open(raw);
    client.send(new Uint8Array(1_048_577));
    expect((await client.closed).code).toBe(1009);
  });
});
