import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SpeechError } from '../../src/common/errors/speech-error.js';
import { countWordErrors, errorCount, wordsOf } from '../../src/evaluation/word-error-rate.js';
import { ReadingEngine } from '../../src/recognition/recordings/reading-engine.js';
import { wholeRecording } from '../../src/recognition/recordings/recording-bytes.js';
import { RecordingReader } from '../../src/recognition/recordings/recording-reader.js';
import { Recognizer } from '../../src/recognition/recognizer.js';
import { codecFile } from '../support/codec-files.js';
import { corpusFolder, withoutCorpus } from '../support/corpus.js';
import {
  encodedSentence,
  ffmpegProgram,
  hasFfmpeg,
  phoneRecording,
  withoutFfmpeg,
} from '../support/ffmpeg.js';
import { randomNumbers } from '../support/random-numbers.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { transcribe, until } from '../support/transcribe.js';
import { bytesOf } from '../support/wav-writer.js';

const sentence = codecFile('.wav');

async function listenTo(
  url: string,
  body: Uint8Array,
  query = '',
): Promise<{ status: number; texts: string[] }> {
  const headers = { 'content-type': 'audio/mp4' };
  const response = await fetch(`${url}/v1/listen${query}`, {
    method: 'POST',
    headers,
    body: Uint8Array.from(body),
  });
  const answer = (await response.json()) as {
    err_code?: string;
    results?: { channels: { alternatives: { transcript: string }[] }[] };
  };
  const texts = answer.results?.channels.map(({ alternatives }) => alternatives[0]!.transcript);
  return { status: response.status, texts: texts ?? [answer.err_code ?? ''] };
}

function errorsBetween(text: string, reference: string): number {
  return errorCount(countWordErrors(wordsOf(reference), wordsOf(text)));
}

describe('a service without FFMPEG', () => {
  it('names the setting where it refuses a format', async () => {
    const running = await startApp();
    try {
      const form = new FormData();
      form.append('file', new Blob([Uint8Array.of(0xff, 0xf1, 0x50, 0x80, ...new Uint8Array(100))]), 'a.aac');
      const response = await fetch(`${running.url}/v1/audio/transcriptions`, { method: 'POST', body: form });
      const { error } = (await response.json()) as { error: { code: string; message: string } };
      expect(response.status).toBe(415);
      expect(error.code).toBe('AUDIO_UNSUPPORTED_FORMAT');
      expect(error.message).toMatch(/AAC \(ADTS\).*the operator sets FFMPEG/);
    } finally {
      await running.close();
    }
  });

  it('does not start when FFMPEG names a program that is not there', async () => {
    await expect(startApp({ FFMPEG: 'no-such-ffmpeg' })).rejects.toThrow(
      /FFMPEG is no-such-ffmpeg, and there is no such program/,
    );
  });
});

describe.skipIf(!hasFfmpeg)(`a service with FFMPEG${withoutFfmpeg}`, () => {
  let running: RunningApp;
  let pool: ReadingEngine['pool'];

  beforeAll(async () => {
    running = await startApp({ FFMPEG: ffmpegProgram.ffmpeg });
    pool = running.app.get(ReadingEngine).pool;
  });
  afterAll(() => running.close());

  it('shows the version of ffmpeg where its health is', () => {
    expect(running.app.get(Recognizer).readiness().detail['ffmpeg']).toMatch(/^\S+$/);
  });

  it.each<[string, () => Uint8Array]>([
    ['AAC of a phone', phoneRecording],
    [
      'AAC in fragmented MP4, as of Safari',
      () => encodedSentence('mp4', ['-ar', '48000', '-c:a', 'aac', '-movflags', 'frag_keyframe+empty_moov']),
    ],
    ['AAC in ADTS', () => encodedSentence('aac', ['-c:a', 'aac'])],
    ['WMA', () => encodedSentence('wma', ['-c:a', 'wmav2'])],
  ])('recognizes %s at both endpoints', async (_, file) => {
    const expected = (await transcribe(running.url, sentence)).text;
    const answer = await transcribe(running.url, file());
    expect(answer.status).toBe(200);
    expect(errorsBetween(answer.text, expected)).toBeLessThanOrEqual(1);
    const { status, texts } = await listenTo(running.url, file());
    expect(status).toBe(200);
    expect(errorsBetween(texts[0]!, expected)).toBeLessThanOrEqual(1);
  });

  it('has the text of the WAV file for ALAC', async () => {
    const file = encodedSentence('m4a', ['-c:a', 'alac']);
    expect(await transcribe(running.url, file)).toEqual(await transcribe(running.url, sentence));
  });

  it('recognizes each channel by itself', async () => {
    const file = encodedSentence('m4a', ['-af', 'pan=stereo|c0=c0|c1=0*c0', '-ar', '44100', '-c:a', 'aac']);
    const { texts } = await listenTo(running.url, file, '?multichannel=true');
    expect(texts.length).toBe(2);
    expect(wordsOf(texts[0]!).length).toBeGreaterThan(5);
    expect(texts[1]).toBe('');
  });

  it('names the fault of files that are damaged, and answers in time', async () => {
    const random = randomNumbers(11);
    const phone = phoneRecording();
    const faults: string[] = [];
    for (let round = 0; round < 20; round++) {
      const file = phone.slice(0, round % 2 === 0 ? undefined : Math.ceil(random() * phone.length));
      for (let change = 0; change < 60; change++)
        file[28 + Math.floor(random() * file.length)] = random() * 256;
      const started = performance.now();
      const { status, text } = await transcribe(running.url, file);
      if (status !== 200) faults.push(`${status} ${text}`);
      expect(performance.now() - started).toBeLessThan(15_000);
    }
    for (const fault of faults) expect(fault).toMatch(/^4\d\d AUDIO_/);
  }, 120_000);

  it('recognizes long recordings of phones next to others, in memory that does not grow with them', async () => {
    const long = phoneRecording(100);
    const sizes: number[] = [];
    const timer = setInterval(() => sizes.push(residentMiB(pool.pids)), 100);
    const [first, second] = await Promise.all([
      listenTo(running.url, long),
      transcribe(running.url, phoneRecording()),
    ]);
    clearInterval(timer);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(wordsOf(first.texts[0]!).filter((word) => word === 'man').length).toBeGreaterThan(80);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThan(100);
  }, 240_000);

  describe('its processes of ffmpeg', () => {
    const long = (): Uint8Array => {
      const once = encodedSentence('aac', ['-c:a', 'aac']);
      return bytesOf(...Array.from({ length: 200 }, () => once));
    };

    /** Opens a recording, and takes nothing of it. */
    async function open(signal: AbortSignal): Promise<number> {
      const model = running.app.get(Recognizer).resolveModel(undefined);
      await running.app
        .get(RecordingReader)
        .open(wholeRecording(long()), undefined, { maxAudioSeconds: 7_200, model }, signal);
      await until(() => childrenOf(pool.pids).length > 0);
      return childrenOf(pool.pids)[0]!;
    }

    it('end with their client, get no environment, and hold few descriptors', async () => {
      const client = new AbortController();
      const pid = await open(client.signal);
      await until(() => readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('ffmpeg\0-nostdin'));
      expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).toBe('');
      expect(readFileSync(`/proc/${pid}/limits`, 'utf8')).toMatch(/Max file size +0 +0/);
      client.abort(new SpeechError('CANCELLED', 'Gone.'));
      await until(() => !existsSync(`/proc/${pid}`), 5);
    });

    it('end with the process that reads, even if they are stopped, and the recording is read again', async () => {
      const client = new AbortController();
      const pid = await open(client.signal);
      process.kill(pid, 'SIGSTOP');
      const reader = pool.pids[0]!;
      process.kill(reader, 'SIGKILL');
      await until(() => isGone(pid), 5);
      await until(() => pool.readyCount > 0);
      expect((await transcribe(running.url, phoneRecording())).status).toBe(200);
      client.abort();
    });
  });
});

const manifest = join(corpusFolder ?? '', 'formats', 'manifest.jsonl');
const present = corpusFolder !== undefined && existsSync(manifest);

describe.skipIf(!present || !hasFfmpeg)(`AAC and ALAC of others${withoutCorpus}${withoutFfmpeg}`, () => {
  const entries = present
    ? readFileSync(manifest, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { file: string; codec: string; text: string | null })
        .filter(({ codec, text }) => /^(?:aac|alac)$/.test(codec) && text !== null)
    : [];
  let running: RunningApp;
  beforeAll(async () => {
    running = await startApp({ FFMPEG: ffmpegProgram.ffmpeg });
  });
  afterAll(() => running.close());

  it.each(entries)('are recognized as the same recording in WAV: $file', async ({ file, text, codec }) => {
    const read = (name: string): Promise<Buffer> => readFile(join(corpusFolder!, 'formats', name));
    const answer = await transcribe(running.url, await read(file));
    const lossless = await transcribe(running.url, await read('made-wavpcm.wav'));
    console.log(
      `${file}: ${errorsBetween(answer.text, text!)} of ${wordsOf(text!).length} words wrong: ${answer.text}`,
    );
    expect(answer.status).toBe(200);
    expect(errorsBetween(answer.text, text!)).toBeLessThanOrEqual(errorsBetween(lossless.text, text!));
    if (codec === 'alac') expect(answer).toEqual(lossless);
  });
});

function childrenOf(pids: readonly number[]): number[] {
  return pids.flatMap((pid) =>
    readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}

/** A process that nobody waits for is gone when it is dead. */
function isGone(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/status`)) return true;
  return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

function residentMiB(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const status = existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, 'utf8') : '';
    return sum + Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024;
  }, 0);
}
