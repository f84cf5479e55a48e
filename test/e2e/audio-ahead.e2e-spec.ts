// @module-tag once
import { createHash } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { ListenClient } from '../support/listen-client.js';
import { RealtimeClient } from '../support/realtime-client.js';
import { fixtureRecordings } from '../support/recordings.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { until } from '../support/transcribe.js';
import { wordsOf } from '../support/words.js';

// Clients that send audio much faster than it can be heard: nothing of it is lost, and nothing else waits behind it.
const [recording] = await fixtureRecordings();
const pcm = Buffer.from(recording?.pcm ?? new Uint8Array(0));
const words = wordsOf(recording?.text ?? '');
const bytesPerSecond = 32_000;
const pause = Buffer.alloc(bytesPerSecond);
const sentence = Buffer.concat([pcm, pause]);
let running: RunningApp;

beforeAll(async () => {
  running = await startApp({ MAX_STREAMS: '4', MAX_STREAM_LAG_MS: '60000' });
});
afterAll(() => running.close());

/** The sentence again and again. */
function speech(seconds: number): Buffer {
  const times = Math.ceil((seconds * bytesPerSecond) / sentence.length);
  return Buffer.concat(Array.from({ length: times }, () => sentence));
}

/** 16 kHz to mu-law of 8 kHz, every other sample. */
function muLaw(samples: Buffer): Buffer {
  const encoded = Buffer.alloc(samples.length >> 2);
  for (let at = 0; at < encoded.length; at++) {
    const sample = samples.readInt16LE(at * 4);
    const magnitude = Math.min(Math.abs(sample) + 132, 32_767);
    const exponent = Math.max(0, 31 - Math.clz32(magnitude) - 7);
    const mantissa = (magnitude >> (exponent + 3)) & 15;
    encoded[at] = ~((sample < 0 ? 128 : 0) | (exponent << 4) | mantissa);
  }
  return encoded;
}

/**
 * Pings once a second. @returns a function that ends it, and gives the longest time that a pong took, in ms. Times at
 * which this process, client and service in one, had no turn on a busy machine are not counted.
 */
function pinging(socket: WebSocket): () => number {
  const stalls = monitorEventLoopDelay();
  stalls.enable();
  const sentAt = new Map<string, number>();
  let longestMs = 0;
  let count = 0;
  const timer = setInterval(() => {
    sentAt.set(String(count), performance.now());
    socket.ping(String(count++));
  }, 1_000);
  socket.on('pong', (payload: Buffer) => {
    longestMs = Math.max(longestMs, performance.now() - sentAt.get(payload.toString())!);
    sentAt.delete(payload.toString());
  });
  return () => {
    clearInterval(timer);
    const waiting = [...sentAt.values()].map((at) => performance.now() - at);
    stalls.disable();
    return Math.max(longestMs, ...waiting) - stalls.max / 1e6;
  };
}

/** Words of the reference that were not heard, as a share. */
function missing(text: string, times: number): number {
  return 1 - wordsOf(text).length / (words.length * times);
}

describe('audio that is sent at once', () => {
  it.each([
    ['20 minutes of mu-law', 'encoding=mulaw&sample_rate=8000', 1_200, muLaw, 8_000],
    ['5 minutes of 16 bits', 'encoding=linear16&sample_rate=16000', 300, (bytes: Buffer) => bytes, 32_000],
  ])(
    '%s at /v1/listen end with all finals, Metadata and 1000, and every pong comes within a second',
    async (_what, query, seconds, encode, rate) => {
      const bytes = encode(speech(seconds));
      const client = await ListenClient.open(running.url, query);
      const longest = pinging(client.socket);
      client.sendInPieces(bytes, 3_200);
      const closed = await client.finish();
      expect(longest()).toBeLessThan(1_000);
      expect(closed.code).toBe(1000);
      const [metadata] = client.of('Metadata');
      expect(metadata?.duration).toBeCloseTo(bytes.length / rate, 1);
      expect(metadata?.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
      expect(
        Math.abs(missing(client.text(), Math.ceil((seconds * bytesPerSecond) / sentence.length))),
      ).toBeLessThan(0.1);
    },
    600_000,
  );

  it('of four clients at once ends as well', async () => {
    const bytes = speech(60);
    const clients = await Promise.all(
      Array.from({ length: 4 }, () => ListenClient.open(running.url, 'encoding=linear16&sample_rate=16000')),
    );
    const longest = clients.map(({ socket }) => pinging(socket));
    for (const client of clients) client.sendInPieces(bytes, 640);
    const codes = await Promise.all(clients.map((client) => client.finish()));
    expect(Math.max(...longest.map((end) => end()))).toBeLessThan(1_000);
    expect(codes.map(({ code }) => code)).toEqual([1000, 1000, 1000, 1000]);
    for (const client of clients) {
      expect(client.of('Metadata')[0]?.duration).toBeCloseTo(bytes.length / bytesPerSecond, 1);
      expect(client.of('Metadata')[0]?.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    }
  }, 300_000);

  it('at /v1/realtime is transcribed to its end, and every pong comes within a second', async () => {
    const client = await RealtimeClient.open(running.url);
    await client.update({ format: { type: 'audio/pcmu' }, turn_detection: null });
    const longest = pinging(client.socket);
    const bytes = muLaw(speech(180));
    client.append(bytes, 1_600);
    client.send({ type: 'input_audio_buffer.commit' });
    const { transcript } = await client.next('completed', 1, 200);
    expect(longest()).toBeLessThan(1_000);
    expect(
      Math.abs(missing(String(transcript), Math.ceil((180 * bytesPerSecond) / sentence.length))),
    ).toBeLessThan(0.1);
    await client.close();
  }, 300_000);

  it('keeps no place of a client that closes while ten minutes are undecoded', async () => {
    const query = 'encoding=mulaw&sample_rate=8000';
    const bytes = muLaw(speech(600));
    const clients = await Promise.all(Array.from({ length: 4 }, () => ListenClient.open(running.url, query)));
    for (const client of clients) client.sendInPieces(bytes, 3_200);
    await until(() => clients.every(({ socket }) => socket.bufferedAmount === 0));
    const from = performance.now();
    for (const { socket } of clients) socket.close(1000);
    await Promise.all(clients.map(({ closed }) => closed));
    const newcomers = await Promise.all(
      Array.from({ length: 4 }, () => ListenClient.open(running.url, query)),
    );
    // Recognizing the rest of forty minutes would take far longer, even with all processors free.
    expect(performance.now() - from).toBeLessThan(5_000);
    await Promise.all(newcomers.map((client) => client.finish()));
  }, 120_000);
});
