import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ListenClient } from '../support/listen-client.js';
import { fixtureRecordings } from '../support/recordings.js';
import type { Recording } from '../support/recordings.js';
import { missing } from '../support/spoken.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { noise } from '../support/tone.js';
import { int16Bytes, text, wav } from '../support/wav-writer.js';

const raw = 'encoding=linear16&sample_rate=16000';

let running: RunningApp;
let first: Recording;
let second: Recording;
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
  [first, second] = (await fixtureRecordings()) as [Recording, Recording];
});
afterAll(() => running.close());
afterEach(() => {
  for (const client of clients.splice(0)) {
    client.socket.terminate();
    expect(client.faults).toEqual([]);
  }
});

describe('audio of every kind', () => {
  it('as WAV, with and without an encoding beside it, is what its header says', async () => {
    const [bare, declared] = await Promise.all([open(''), open('encoding=linear16&sample_rate=8000')]);
    for (const client of [bare, declared]) {
      client.sendInPieces(first.file, 5_000);
      await client.finish();
      expect(missing(client.text(), first)).toBeLessThanOrEqual(2);
    }
  });

  it('as mu-law and A-law of 8 kHz', async () => {
    const samples = decimated(first);
    const companded = [
      ['mulaw', Uint8Array.from(samples, toMulaw)],
      ['alaw', Uint8Array.from(samples, toAlaw)],
      ['linear16', int16Bytes(samples)],
    ] as const;
    for (const [encoding, bytes] of companded) {
      const client = await open(`encoding=${encoding}&sample_rate=8000`);
      client.sendInPieces(bytes, 160);
      await client.finish();
      expect(missing(client.text(), first), encoding).toBeLessThanOrEqual(4);
    }
  });

  it('as linear32', async () => {
    const samples = int16Of(first.pcm);
    const client = await open('encoding=linear32&sample_rate=16000');
    client.sendInPieces(new Uint8Array(Int32Array.from(samples, (value) => value * 65_536).buffer), 4_001);
    await client.finish();
    expect(missing(client.text(), first)).toBeLessThanOrEqual(2);
  });

  it('as stereo of 48 kHz, each channel by itself', async () => {
    const client = await open(
      'encoding=linear16&sample_rate=48000&channels=2&multichannel=true&interim_results=true',
    );
    client.sendInPieces(stereoOf48kHz(first, second), 19_200);
    client.send({ type: 'Finalize', channel: 1 });
    await client.finish();
    expect(missing(client.text(0), first)).toBeLessThanOrEqual(2);
    expect(missing(client.text(1), second)).toBeLessThanOrEqual(3);
    expect(new Set(client.of('Results').map(({ channel_index: index }) => index.join(' of ')))).toEqual(
      new Set(['0 of 2', '1 of 2']),
    );
    expect(client.finals(0).some(({ from_finalize: answer }) => answer)).toBe(false);
    expect(client.finals(1).filter(({ from_finalize: answer }) => answer)).toHaveLength(1);
    expect(client.of('Metadata')[0]?.channels).toBe(2);
  });

  it('as stereo is mixed unless it is asked for', async () => {
    const client = await open('encoding=linear16&sample_rate=48000&channels=2');
    client.sendInPieces(stereoOf48kHz(first, first), 65_536);
    await client.finish();
    expect(missing(client.text(), first)).toBeLessThanOrEqual(2);
    expect(client.of('Metadata')[0]?.channels).toBe(1);
  });

  it('with more channels than were announced is refused by name', async () => {
    const client = await open('multichannel=true');
    client.sendInPieces(wav(stereoOf48kHz(first, second), { channels: 2, sampleRate: 48_000 }), 65_536);
    expect(await client.closed).toEqual({ code: 1008, reason: 'DATA-0000: AUDIO_INVALID_CHANNELS' });
    expect(client.messages).toEqual([
      expect.objectContaining({ type: 'Error', code: 'AUDIO_INVALID_CHANNELS' }),
    ]);
  });

  it.each([
    ['Ogg, although raw samples were declared', raw, (): Uint8Array => ogg(), 'Ogg/Speex'],
    ['Ogg', '', (): Uint8Array => ogg(), 'Ogg/Speex'],
    ['noise without a declaration', '', (): Uint8Array => garbage(70_000), 'WAV'],
  ])('that is %s is refused by name', async (_what, query, bytes, named) => {
    const client = await open(query);
    client.send(bytes());
    expect(await client.closed).toEqual({ code: 1008, reason: 'DATA-0000: AUDIO_UNSUPPORTED_FORMAT' });
    const [message] = client.of('Error');
    expect(message).toMatchObject({
      code: 'AUDIO_UNSUPPORTED_FORMAT',
      err_code: 'AUDIO_UNSUPPORTED_FORMAT',
      request_id: (await client.headers())['dg-request-id'],
    });
    expect(message?.err_msg).toContain(named);
    expect(client.messages).toHaveLength(1);
  });

  it('that is a few bytes and then the end is refused where nothing says what they are', async () => {
    const client = await open('');
    client.send(garbage(20));
    expect((await client.finish()).code).toBe(1008);
    expect(client.of('Error')[0]?.code).toBe('AUDIO_UNSUPPORTED_FORMAT');
  });

  it('that is garbage but declared ends as a stream in which nothing, or something, was said', async () => {
    const client = await open(`${raw}&interim_results=true`);
    client.sendInPieces(garbage(100_001), 777);
    expect((await client.finish()).code).toBe(1000);
    expect(client.messages.at(-1)).toMatchObject({
      type: 'Metadata',
      duration: expect.closeTo(3.125, 1) as number,
    });
  });
});

function int16Of(pcm: Uint8Array): Int16Array {
  return new Int16Array(Uint8Array.from(pcm).buffer);
}

/** To 8 kHz, by the mean of two neighbours. */
function decimated({ pcm }: Recording): number[] {
  const samples = int16Of(pcm);
  return Array.from({ length: samples.length >> 1 }, (_, at) =>
    Math.round((samples[2 * at]! + samples[2 * at + 1]!) / 2),
  );
}

/** G.711. */
function toMulaw(sample: number): number {
  const magnitude = Math.min(32_635, Math.abs(sample)) + 132;
  const exponent = Math.max(0, Math.floor(Math.log2(magnitude)) - 7);
  const mantissa = (magnitude >> (exponent + 3)) & 15;
  return ~((sample < 0 ? 128 : 0) | (exponent << 4) | mantissa) & 255;
}

/** G.711. */
function toAlaw(sample: number): number {
  const magnitude = Math.min(32_767, Math.abs(sample));
  const exponent = Math.max(0, Math.floor(Math.log2(magnitude)) - 7);
  const mantissa = (magnitude >> (exponent === 0 ? 4 : exponent + 3)) & 15;
  return ((sample < 0 ? 0 : 128) | (exponent << 4) | mantissa) ^ 0x55;
}

/** Each sample three times, one recording on the left and one on the right, as long as the longer. */
function stereoOf48kHz(left: Recording, right: Recording): Uint8Array {
  const [a, b] = [int16Of(left.pcm), int16Of(right.pcm)];
  const both = new Int16Array(6 * Math.max(a.length, b.length));
  for (let at = 0; at < both.length / 2; at++) {
    both[2 * at] = a[Math.floor(at / 3)] ?? 0;
    both[2 * at + 1] = b[Math.floor(at / 3)] ?? 0;
  }
  return new Uint8Array(both.buffer);
}

function ogg(): Uint8Array {
  return Buffer.concat([text('OggS'), new Uint8Array(24), text('Speex   '), garbage(400)]);
}

function garbage(length: number): Uint8Array {
  return Uint8Array.from(noise(length, 7), (value) => Math.floor((value + 1) * 128));
}
