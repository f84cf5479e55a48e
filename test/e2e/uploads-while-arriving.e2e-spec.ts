import { request } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Recognizer } from '../../src/recognition/recognizer.js';
import { ReadingEngine } from '../../src/recognition/recordings/reading-engine.js';
import { wholeRecording } from '../../src/recognition/recordings/recording-bytes.js';
import { RecordingTranscriber } from '../../src/transcripts/recording-transcriber.js';
import type { Transcript } from '../../src/transcripts/transcript.js';
import { HeldBytes } from '../../src/transports/shared/held-bytes.js';
import { RequestPlaces } from '../../src/transports/shared/request-places.js';
import { flacVerbatim } from '../support/flac-writer.js';
import { mp4Opus } from '../support/mp4-writer.js';
import { pagesOf } from '../support/ogg-pages.js';
import { oggOpus, oggPage } from '../support/ogg-writer.js';
import { opusPackets } from '../support/opus.js';
import { fixtureRecordings } from '../support/recordings.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { transcribe, until } from '../support/transcribe.js';
import { bytesOf, wav } from '../support/wav-writer.js';
import { block, webmOpus } from '../support/webm-writer.js';

let running: RunningApp;
/** Two and a half minutes, 4.9 MB. */
let long: Uint8Array;
/** Its text. */
let expected: string;

interface Listened {
  readonly results: {
    readonly channels: readonly { readonly alternatives: readonly { transcript: string }[] }[];
  };
}

const textOf = (body: unknown): string => (body as Listened).results.channels[0]!.alternatives[0]!.transcript;

/** A request whose body is written by the test. */
function post(path: string, headers: Readonly<Record<string, string | number>> = {}): ClientRequest {
  const asked = request(`${running.url}${path}`, { method: 'POST', headers, agent: false });
  asked.on('error', () => undefined);
  asked.flushHeaders();
  return asked;
}

async function answerOf(asked: ClientRequest): Promise<{ status: number; body: unknown }> {
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, body: await json(answer) };
}

/** Writes a part of a body, as fast as it is taken. */
async function write(asked: ClientRequest, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; at += 65_536) {
    if (!asked.write(bytes.subarray(at, at + 65_536))) await once(asked, 'drain');
  }
}

const heldBytes = (): number => running.app.get(HeldBytes).used.uploads;
const placesUsed = (): number => running.app.get(RequestPlaces).used;
const pool = (): ReadingEngine['pool'] => running.app.get(ReadingEngine).pool;

/** Forty seconds of Opus. */
const spoken = Array.from({ length: 6 }, () => opusPackets).flat();

/** As a file with video is written: pages of another stream after each one. */
function besidePages(file: Uint8Array): Uint8Array {
  const other = (sequence: number): Uint8Array =>
    oggPage([new Uint8Array(60_000)], { serial: 99, sequence, flags: sequence === 0 ? 2 : 0 });
  const pages = pagesOf(file);
  const each = Math.ceil(210 / pages.length);
  return bytesOf(
    pages[0]!,
    other(0),
    ...pages
      .slice(1)
      .flatMap((page, at) => [page, ...Array.from({ length: each }, (_, i) => other(1 + at * each + i))]),
  );
}

function besideVideo(packets: readonly Uint8Array[]): Uint8Array {
  const blocks = packets.flatMap((packet, at) => [
    ...(at % 4 === 0 ? [block(0xa3, new Uint8Array(30_000), { track: 2 })] : []),
    block(0xa3, packet),
  ]);
  return webmOpus([], { blocks, isLive: true });
}

/** The parts of a form, in this order. */
function formBody(parts: Readonly<Record<string, string | Uint8Array>>): Uint8Array {
  const encoder = new TextEncoder();
  const written = Object.entries(parts).flatMap(([name, value]) => {
    const isFile = typeof value !== 'string';
    const head = `--edge\r\ncontent-disposition: form-data; name="${name}"${isFile ? '; filename="a.wav"' : ''}\r\n\r\n`;
    return [encoder.encode(head), isFile ? value : encoder.encode(value), encoder.encode('\r\n')];
  });
  return bytesOf(...written, encoder.encode('--edge--\r\n'));
}
const formHeaders = { 'content-type': 'multipart/form-data; boundary=edge' };

async function postForm(
  parts: Readonly<Record<string, string | Uint8Array>>,
): Promise<{ status: number; body: unknown }> {
  const asked = post('/v1/audio/transcriptions', formHeaders);
  const answer = answerOf(asked);
  // A client that gets its answer early ends its side.
  write(asked, formBody(parts)).then(
    () => asked.end(),
    () => undefined,
  );
  return answer;
}

/** The texts of both channels of bytes that are all there. */
async function channelTexts(bytes: Uint8Array): Promise<readonly string[]> {
  const model = running.app.get(Recognizer).resolveModel(undefined);
  const { signal } = new AbortController();
  const transcriber = running.app.get(RecordingTranscriber);
  const channels = await transcriber.openChannels(wholeRecording(bytes), { model }, signal);
  const transcripts = await Promise.all(channels.map((channel) => channel.transcript()));
  return transcripts.map(({ text }) => text);
}

/** The transcript of bytes that are all there from the beginning. */
async function textOfWhole(bytes: Uint8Array): Promise<Transcript> {
  const model = running.app.get(Recognizer).resolveModel(undefined);
  const transcriber = running.app.get(RecordingTranscriber);
  const { signal } = new AbortController();
  return (await transcriber.open(wholeRecording(bytes), { model }, signal)).transcript();
}

/** Two channels, the second one with the same speech a third later. Shape (frames, 2). */
function stereoOf(mono: Int16Array): Int16Array {
  const shift = Math.floor(mono.length / 3);
  const both = new Int16Array(mono.length * 2);
  for (let at = 0; at < mono.length; at++) {
    both[2 * at] = mono[at]!;
    both[2 * at + 1] = mono[(at + shift) % mono.length]!;
  }
  return both;
}

beforeAll(async () => {
  running = await startApp({ WORKERS: '2', WORKER_TIMEOUT_MS: '20000' });
  const pcm = (await fixtureRecordings()).map((recording) => recording.pcm);
  long = wav(bytesOf(...Array.from({ length: 8 }, () => pcm).flat()));
  expected = (await textOfWhole(long)).text;
  expect(expected.length).toBeGreaterThan(1_500);
}, 300_000);
afterAll(() => running.close());

describe('an upload', { timeout: 240_000 }, () => {
  it('is recognized while it arrives: held no more than a few megabytes, answered soon after its last byte', async () => {
    const asked = post('/v1/listen', { 'content-length': long.length });
    const answer = answerOf(asked);
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, heldBytes())), 5);
    await write(asked, long.subarray(0, -1));
    // What is still ahead of the recognition is read meanwhile.
    await until(() => heldBytes() < 6e6, 120);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const sentAt = performance.now();
    asked.end(long.subarray(-1));
    const { status, body } = await answer;
    clearInterval(watch);
    expect(status).toBe(200);
    expect(textOf(body)).toBe(expected);
    expect((body as { metadata: { sha256: string } }).metadata.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(most).toBeLessThan(8.5e6);
    console.log(
      `answered ${Math.round(performance.now() - sentAt)} ms after the last byte, ${most} bytes held at most`,
    );
    await until(() => heldBytes() === 0 && placesUsed() === 0);
  });

  it.each([
    ['Ogg', besidePages(oggOpus(spoken))],
    ['WebM', besideVideo(spoken)],
    ['MP4', mp4Opus(spoken, { fastStart: true, between: { bytes: 30_000, samples: 4 } })],
  ])(
    'of Opus in %s is held no more than a few megabytes, however much else is in it',
    async (_name, bytes) => {
      expect(bytes.length).toBeGreaterThan(12e6);
      const asked = post('/v1/listen', { 'content-length': bytes.length });
      const answer = answerOf(asked);
      let most = 0;
      const watch = setInterval(() => (most = Math.max(most, heldBytes())), 5);
      await write(asked, bytes);
      asked.end();
      expect(textOf((await answer).body)).toBe((await textOfWhole(oggOpus(spoken))).text);
      clearInterval(watch);
      expect(most).toBeLessThan(9e6);
      console.log(`${most} bytes held at most`);
    },
  );

  it.each<[string, (samples: Int16Array) => Uint8Array]>([
    ['WAV', (samples) => wav(new Uint8Array(samples.buffer), { channels: 2 })],
    ['FLAC', (samples) => flacVerbatim(samples, 16_000, 2)],
  ])('of two channels that are heard apart is held no more than ten megabytes: %s', async (_name, fileOf) => {
    // Speech, and twice as long a pause.
    const samples = long.subarray(44);
    const mono = new Int16Array(bytesOf(samples, new Uint8Array(2 * samples.length)).buffer);
    const bytes = fileOf(stereoOf(mono));
    expect(bytes.length).toBeGreaterThan(28e6);
    const asked = post('/v1/listen?multichannel=true', { 'content-length': bytes.length });
    const answer = answerOf(asked);
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, heldBytes())), 5);
    await write(asked, bytes);
    asked.end();
    const { body } = await answer;
    clearInterval(watch);
    console.log(`${most} bytes of ${bytes.length} held at most`);
    const { channels } = (body as Listened).results;
    expect(channels).toHaveLength(2);
    const wholes = await channelTexts(bytes);
    expect(channels.map(({ alternatives }) => alternatives[0]!.transcript)).toEqual(wholes);
    expect(most).toBeLessThan(10e6);
  });

  it('of two channels loses nothing when the process that reads both is killed', async () => {
    const { restarts } = pool();
    const bytes = wav(new Uint8Array(stereoOf(new Int16Array(long.slice(44).buffer)).buffer), {
      channels: 2,
    });
    const asked = post('/v1/listen?multichannel=true', { 'content-length': bytes.length });
    const answer = answerOf(asked);
    await write(asked, bytes.subarray(0, 4_000_000));
    pool().pids.forEach((pid) => process.kill(pid, 'SIGKILL'));
    await write(asked, bytes.subarray(4_000_000));
    asked.end();
    const { channels } = ((await answer).body as Listened).results;
    expect(channels.map(({ alternatives }) => alternatives[0]!.transcript)).toEqual(
      await channelTexts(bytes),
    );
    expect(pool().restarts).toBeGreaterThan(restarts);
  });

  it('of eight channels that are heard apart has eight texts, and leaves no warning', async () => {
    const warnings: Error[] = [];
    const keep = (warning: Error): number => warnings.push(warning);
    process.on('warning', keep);
    const mono = new Int16Array(long.slice(44, 44 + 200_000).buffer);
    const all = Int16Array.from({ length: mono.length * 8 }, (_, at) => mono[at >> 3]!);
    const asked = post('/v1/listen?multichannel=true');
    const answer = answerOf(asked);
    asked.end(wav(new Uint8Array(all.buffer), { channels: 8 }));
    const { channels } = ((await answer).body as Listened).results;
    process.off('warning', keep);
    const texts = channels.map(({ alternatives }) => alternatives[0]!.transcript);
    expect(texts).toHaveLength(8);
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]!.length).toBeGreaterThan(20);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['a form with its file last', () => postForm({ model: 'default', response_format: 'json', file: long })],
    ['a form with its file first', () => postForm({ file: long, model: 'default' })],
    [
      'a body in chunks',
      async () => {
        const asked = post('/v1/listen');
        const answer = answerOf(asked);
        await write(asked, long);
        asked.end();
        const { status, body } = await answer;
        return { status, body: { text: textOf(body) } };
      },
    ],
  ])('has the same text in %s', async (_how, send) => {
    expect(await send()).toMatchObject({ status: 200, body: { text: expected } });
  });

  it('loses nothing when the process that reads it is killed again and again while it arrives', async () => {
    const before = pool().restarts;
    const asked = post('/v1/listen', { 'content-length': long.length });
    const answer = answerOf(asked);
    const parts = 3;
    for (let part = 0; part < parts; part++) {
      const at = (share: number): number => Math.floor((long.length * share) / parts);
      await write(asked, long.subarray(at(part), at(part + 1)));
      if (part === parts - 1) break;
      await until(() => heldBytes() < 6e6, 120);
      // Between two parts, so that no recording is suspected.
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      pool().pids.forEach((pid) => process.kill(pid, 'SIGKILL'));
      await until(() => pool().readyCount > 0, 60);
    }
    asked.end();
    expect(textOf((await answer).body)).toBe(expected);
    expect(pool().restarts - before).toBe(parts - 1);
  });

  it.each(['SIGKILL', 'SIGSTOP'] as const)(
    'loses nothing when the process ends by %s in the middle of a part',
    async (signal) => {
      const before = pool().restarts;
      const asked = post('/v1/listen', { 'content-length': long.length });
      const answer = answerOf(asked);
      // The rest comes only then, so that there is something left to read, however fast the machine is.
      const most = long.length - 1_000_000;
      const written = write(asked, long.subarray(0, most));
      await until(() => heldBytes() > 2e6, 60);
      pool().pids.forEach((pid) => process.kill(pid, signal));
      await written;
      await write(asked, long.subarray(most));
      asked.end();
      expect(textOf((await answer).body)).toBe(expected);
      expect(pool().restarts).toBeGreaterThan(before);
    },
  );

  it('gives everything back when its client leaves in the middle', async () => {
    for (const path of ['/v1/listen', '/v1/audio/transcriptions']) {
      const isForm = path !== '/v1/listen';
      const asked = post(path, isForm ? formHeaders : { 'content-length': long.length });
      const body = isForm ? formBody({ model: 'default', file: long }) : long;
      await write(asked, body.subarray(0, 2_000_000));
      await until(() => heldBytes() > 1e6);
      expect(placesUsed()).toBe(1);
      asked.destroy();
      await until(() => heldBytes() === 0 && placesUsed() === 0);
    }
    expect((await transcribe(running.url, long.subarray(0, 600_000))).status).toBe(200);
  });

  it('is refused before its end when it is no audio, too long or too large', async () => {
    const refusal = async (path: string, body: Uint8Array, length: number): Promise<unknown> => {
      const asked = post(path, { 'content-length': length });
      const answer = answerOf(asked);
      await write(asked, body);
      const { body: refused } = await answer;
      asked.destroy();
      return (refused as { err_code?: string }).err_code;
    };
    const junk = new Uint8Array(400_000).fill(1);
    expect(await refusal('/v1/listen', junk, 5_000_000)).toBe('AUDIO_UNSUPPORTED_FORMAT');
    const raw = '/v1/listen?encoding=mulaw&sample_rate=8000';
    expect(await refusal(raw, junk, 80_000_000)).toBe('AUDIO_TOO_LONG');
    expect(await refusal(raw, new Uint8Array(0), 200_000_000)).toBe('BODY_TOO_LARGE');
  });

  it('is an error when its form is cut off, or a field after the file is wrong', async () => {
    const asked = post('/v1/audio/transcriptions', formHeaders);
    const answer = answerOf(asked);
    await write(asked, formBody({ model: 'default', file: long }).subarray(0, -10));
    asked.end();
    expect(await answer).toMatchObject({ status: 400, body: { error: { code: 'INVALID_REQUEST' } } });
    expect(await postForm({ file: long, response_format: 'odd' })).toMatchObject({
      status: 400,
      body: { error: { code: 'INVALID_FIELD', param: 'response_format' } },
    });
    expect(await postForm({ model: 'nobody', file: long })).toMatchObject({
      status: 404,
      body: { error: { code: 'MODEL_NOT_FOUND' } },
    });
  });

  it('is streamed as events only once it has arrived, with the same text', async () => {
    const asked = post('/v1/audio/transcriptions', formHeaders);
    const body = formBody({ model: 'default', stream: 'true', file: long });
    let answered = false;
    const response = once(asked, 'response').then(([answer]) => {
      answered = true;
      return answer as IncomingMessage;
    });
    await write(asked, body.subarray(0, -100_000));
    await until(() => heldBytes() < 6e6, 120);
    expect(answered).toBe(false);
    await write(asked, body.subarray(-100_000));
    asked.end();
    let events = '';
    for await (const data of await response) events += String(data);
    const [, text] = /"type":"transcript.text.done","text":"([^"]*)"/.exec(events) ?? [];
    expect(text).toBe(expected);
    expect(events.match(/transcript.text.delta/g)!.length).toBeGreaterThan(5);
  });
});
