import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ListenClient } from '../support/listen-client.js';
import { fixtureRecordings } from '../support/recordings.js';
import type { Recording } from '../support/recordings.js';
import { missing } from '../support/spoken.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { transcribe } from '../support/transcribe.js';
import { bytesOf, chunk, formatChunk, riff, text, wav } from '../support/wav-writer.js';
import { wordsOf } from '../support/words.js';

// What recorders and wires make of a recording. All that is said is heard, posted and live.
let running: RunningApp;
let first: Recording;
let second: Recording;

beforeAll(async () => {
  running = await startApp();
  [first, second] = (await fixtureRecordings()) as [Recording, Recording];
});
afterAll(() => running.close());

async function live(query: string, messages: readonly Uint8Array[]): Promise<string> {
  const client = await ListenClient.open(running.url, query);
  for (const message of messages) client.send(message);
  expect((await client.finish()).code).toBe(1000);
  expect(client.of('Error')).toEqual([]);
  return client.text();
}

async function posted(file: Uint8Array): Promise<string> {
  const answer = await transcribe(running.url, file);
  expect(answer.status).toBe(200);
  return answer.text;
}

function pieces(bytes: Uint8Array, pieceBytes: number): Uint8Array[] {
  const count = Math.ceil(bytes.length / pieceBytes);
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * pieceBytes, (at + 1) * pieceBytes));
}

describe('a WAV stream with wrong headers', () => {
  it.each([
    ['without an encoding beside it', ''],
    ['with one', 'encoding=linear16&sample_rate=16000'],
  ])('is heard whole where each piece has a header, %s', async (_, query) => {
    const heard = await live(
      query,
      pieces(first.pcm, 16_000).map((piece) => wav(piece)),
    );
    expect(missing(heard, first)).toBeLessThanOrEqual(2);
  });

  it('is decoded whole where the header claims a second, and where files follow one another', async () => {
    const claimsOne = riff(formatChunk(), chunk('data', first.pcm, 32_000));
    const twice = bytesOf(
      wav(first.pcm),
      riff(chunk('LIST', text('INFO')), formatChunk(), chunk('data', second.pcm)),
    );
    for (const file of [claimsOne, twice]) {
      for (const heard of [await live('', pieces(file, 5_000)), await posted(file)]) {
        expect(missing(heard, first)).toBeLessThanOrEqual(2);
        if (file === twice) expect(missing(heard, second)).toBeLessThanOrEqual(3);
      }
    }
  });

  it('is refused by name where another format follows', async () => {
    const file = bytesOf(wav(first.pcm), wav(second.pcm, { sampleRate: 8_000 }));
    expect(await transcribe(running.url, file)).toEqual({ status: 400, text: 'AUDIO_CORRUPT' });
    const client = await ListenClient.open(running.url, '');
    client.sendInPieces(file, 50_000);
    await client.closed;
    expect(client.of('Error')).toHaveLength(1);
    expect(missing(client.text(), first)).toBeLessThanOrEqual(2);
  });
});

describe('two channels of opposite polarity', () => {
  it('are decoded, posted and live', async () => {
    const samples = new Int16Array(first.pcm.slice().buffer);
    const stereo = new Int16Array(samples.length * 2);
    for (const [at, sample] of samples.entries()) {
      stereo[2 * at] = sample;
      stereo[2 * at + 1] = Math.max(-32_767, -sample);
    }
    const file = wav(new Uint8Array(stereo.buffer), { channels: 2 });
    for (const heard of [await posted(file), await live('', pieces(file, 8_000))]) {
      expect(missing(heard, first)).toBeLessThanOrEqual(2);
    }
  });
});

describe('a phrase that is said again and again', () => {
  it.each([4, 8])('is decoded %i times', async (times) => {
    // "And Mr. John Dashwood", with the breath before it.
    const phrase = first.pcm.subarray(0, 1.53 * 32_000);
    const file = wav(bytesOf(...Array.from({ length: times }, () => phrase)));
    const rounds = (heard: string): number => wordsOf(heard).filter((word) => word === 'john').length;
    // The model itself counts one too few or too many now and then.
    expect(Math.abs(rounds(await posted(file)) - times)).toBeLessThanOrEqual(1);
    expect(Math.abs(rounds(await live('', pieces(file, 8_000))) - times)).toBeLessThanOrEqual(1);
  });
});
