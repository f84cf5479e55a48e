// @module-tag once
import { copyFile, cp, mkdtemp, readdir, rename, rm, truncate, writeFile, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { RecognitionEngine } from '../../src/recognition/recognition-engine.js';
import { ReadingEngine } from '../../src/recognition/recordings/reading-engine.js';
import type { ReadingPool } from '../../src/recognition/recordings/reading-pool.js';
import { fixtureRecordings } from '../support/recordings.js';
import type { Recording } from '../support/recordings.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { transcribe, until } from '../support/transcribe.js';
import { wav } from '../support/wav-writer.js';

const requestTimeoutMs = 6_000;

let folder: string;
let running: RunningApp;
let engine: RecognitionEngine;
let spoken: Recording;
let file: Uint8Array;

const modelFiles = async (model: string): Promise<string[]> =>
  (await readdir(join(folder, model), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.(?:onnx|ort)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));

/** Puts other bytes in the place of a file, as whoever replaces one does: the old ones stay with who has them mapped. */
async function replaceFile(path: string, change: (partial: string) => Promise<void>): Promise<void> {
  const partial = `${path}.partial`;
  await copyFile(path, partial);
  await change(partial);
  await rename(partial, path);
}

/** @returns what puts the files back */
async function damage(
  model: string,
  how: (partial: string) => Promise<void> = (path) => truncate(path, 1_000),
): Promise<() => Promise<void>> {
  const files = await modelFiles(model);
  for (const path of files) {
    await copyFile(path, `${path}.whole`);
    await replaceFile(path, how);
  }
  return async () => {
    for (const path of files) await rename(`${path}.whole`, path);
  };
}

const kill = (pids: readonly number[]): void => pids.forEach((pid) => process.kill(pid, 'SIGKILL'));
const decoders = (): readonly number[] => [...engine.processIds.decoding, ...engine.processIds.spare];
const ready = (): boolean => engine.readiness().ready;
const idle = (): boolean => engine.scheduler.stats.running === 0 && engine.scheduler.stats.queued === 0;

async function post(path: string, body: FormData | Buffer, signal?: AbortSignal): Promise<Response> {
  return fetch(`${running.url}${path}`, {
    method: 'POST',
    body,
    ...(signal === undefined ? {} : { signal }),
  });
}

/** How a handshake is answered. */
function handshake(path: string): Promise<{ status: number; retryAfter: string | undefined }> {
  const socket = new WebSocket(`${running.url.replace('http', 'ws')}${path}`);
  return new Promise((resolve) => {
    socket.once('open', () => resolve({ status: 101, retryAfter: undefined }));
    socket.once('unexpected-response', (_request, response) => {
      resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] });
      response.destroy();
    });
    socket.on('error', () => undefined);
  }).finally(() => socket.terminate()) as Promise<{ status: number; retryAfter: string | undefined }>;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hearken-models-'));
  for (const model of ['moonshine-tiny-en', 'silero-vad']) {
    await cp(join('models', model), join(folder, model), { recursive: true, dereference: true });
  }
  spoken = (await fixtureRecordings())[0]!;
  file = wav(spoken.pcm);
  running = await startApp({
    WORKERS: '2',
    MODELS_FOLDER: folder,
    WORKER_TIMEOUT_MS: '6000',
    REQUEST_TIMEOUT_MS: String(requestTimeoutMs),
  });
  engine = running.app.get(RecognitionEngine);
});
afterAll(async () => {
  await running.close();
  await rm(folder, { recursive: true, force: true });
});

describe.each([
  {
    gone: 'decoder',
    model: 'moonshine-tiny-en',
    pids: () => decoders(),
    recordings: false,
  },
  {
    // Recordings are listened to where they are read.
    gone: 'voice activity process',
    model: 'silero-vad',
    pids: () => engine.processIds.voiceActivity,
    recordings: true,
  },
])('a service of which no $gone can start', ({ model, pids, recordings }) => {
  let expected: string;
  let mend: () => Promise<void>;

  beforeAll(async () => {
    expected = (await transcribe(running.url, file)).text;
    expect(expected.length).toBeGreaterThan(10);
    mend = await damage(model);
  });

  /** Kills all of them with what is under way. */
  async function lose(): Promise<void> {
    kill(pids());
    await until(() => !ready());
  }

  it('answers what it took within its deadline, and frees what clients leave', async () => {
    const leaving = new AbortController();
    const form = (): FormData => {
      const data = new FormData();
      data.append('file', new Blob([Uint8Array.from(file)]), 'a.wav');
      return data;
    };
    await lose();
    const began = performance.now();
    const left = post('/v1/audio/transcriptions', form(), leaving.signal).catch((error: Error) => error.name);
    const answers = await Promise.all([
      post('/v1/audio/transcriptions', form()),
      post('/v1/listen', Buffer.from(file)),
      sleep(1_000).then(async () => {
        leaving.abort();
        if (!recordings) expect(await left).toBe('AbortError');
        await until(() => running.app.get(RecognitionEngine).scheduler.stats.running <= 1);
      }),
    ]);
    for (const answer of answers.slice(0, 2) as Response[]) {
      expect(answer.status).toBe(recordings ? 200 : 503);
      expect(await answer.text()).toContain(recordings ? 'Dashwood' : 'DEADLINE_EXCEEDED');
    }
    expect(performance.now() - began).toBeLessThan(requestTimeoutMs + 2_000);
    expect(idle()).toBe(true);
  });

  it('refuses at once what it cannot do, and says when to come again', async () => {
    await until(() => engine.outageMs('live') > 2_000);
    for (const path of ['/v1/listen?encoding=linear16&sample_rate=16000', '/v1/realtime']) {
      const { status, retryAfter } = await handshake(path);
      expect(status).toBe(503);
      expect(Number(retryAfter)).toBeGreaterThanOrEqual(1);
    }
    if (recordings) {
      expect(await transcribe(running.url, file)).toEqual({ status: 200, text: expected });
      return;
    }
    const upload = await post('/v1/listen', Buffer.from(file));
    expect(upload.status).toBe(503);
    expect(Number(upload.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await upload.text()).toContain('MODEL_NOT_READY');
    expect(await transcribe(running.url, file)).toEqual({ status: 503, text: 'MODEL_NOT_READY' });
  });

  it('comes back by itself when the files are whole again', async () => {
    await mend();
    await until(ready, 60);
    expect(await transcribe(running.url, file)).toEqual({ status: 200, text: expected });
  });

  it('ends a stream that waits for its last words with an error', async () => {
    const socket = new WebSocket(
      `${running.url.replace('http', 'ws')}/v1/listen?encoding=linear16&sample_rate=16000`,
    );
    const messages: string[] = [];
    socket.on('message', (data: Buffer) => messages.push(data.toString()));
    await new Promise((resolve) => socket.once('open', resolve));
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    mend = await damage(model);
    await lose();
    socket.send(spoken.pcm);
    socket.send(JSON.stringify({ type: 'CloseStream' }));
    const code = await Promise.race([closed, sleep(20_000, 0, { ref: false })]);
    expect(code).toBe(1011);
    expect(messages.join()).toContain('MODEL_NOT_READY');
    await mend();
    await until(ready, 60);
  });
});

describe('a process that takes the place of another', () => {
  const changeOneBit = async (path: string): Promise<void> => {
    const bytes = await readFile(path);
    bytes[bytes.length - 100]! ^= 1;
    await writeFile(path, bytes);
  };
  const reading = (): ReadingPool => running.app.get(ReadingEngine).pool;

  it.each([
    ['decodes', 'moonshine-tiny-en', () => decoders(), () => engine.outageMs('live')],
    ['reads recordings', 'silero-vad', () => reading().pids, () => reading().emptyForMs],
  ])(
    'and %s never loads a file that is not the one it was verified to be',
    async (_what, model, pids, outageMs) => {
      const mend = await damage(model, changeOneBit);
      kill(pids());
      await until(() => outageMs() > 0);
      // Longer than a start takes, and than the pauses between the tries.
      await until(() => outageMs() > 3_000);
      expect(pids()).toEqual([]);
      await mend();
      await until(() => outageMs() === 0 && ready(), 60);
      expect((await transcribe(running.url, file)).status).toBe(200);
    },
  );
});
