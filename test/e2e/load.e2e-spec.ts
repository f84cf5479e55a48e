import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RecognitionEngine } from '../../src/recognition/recognition-engine.js';
import { RecognitionObservers } from '../../src/recognition/recognition-observers.js';
import { corpusFolder } from '../support/corpus.js';
import { fixtureRecordings, recordings, recordingsSource, samplesOf } from '../support/recordings.js';
import { RememberingObserver } from '../support/remembering-observer.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { noise, tone } from '../support/tone.js';
import { transcribe } from '../support/transcribe.js';
import { bytesOf, int16Bytes, wav } from '../support/wav-writer.js';

const rate = 16_000;
let running: RunningApp;
/** What a fixture says, spoken by one worker alone, so that everything that happens shares its state. */
let speech: Uint8Array;
let spoken: string;

beforeAll(async () => {
  running = await startApp({ WORKERS: '1' });
  speech = (await fixtureRecordings())[0]!.file;
  spoken = (await transcribe(running.url, speech)).text;
  expect(spoken).toMatch(/dashwood/i);
});
afterAll(() => running.close());

const pcm16 = (samples: Float32Array): Uint8Array =>
  wav(int16Bytes([...samples].map((sample) => Math.round(sample * 32_767))));

/** Sounds in which nobody speaks, `length` samples at 16 kHz. */
const sounds: Readonly<Record<string, (length: number) => Float32Array>> = {
  'digital silence': (length) => new Float32Array(length),
  'white noise at -60 dBFS': (length) => noise(length).map((sample) => sample * 0.001),
  'pink noise': (length) => pink(length, 0.05),
  'a hum of 50 Hz': (length) => tone(50, rate, length / rate, 0.1),
  clicks: (length) => new Float32Array(length).map((_, at) => (at % 8_000 === 40 ? 0.5 : 0)),
  'a chord': (length) => {
    const notes = [261.6, 329.6, 392].map((frequency) => tone(frequency, rate, length / rate, 0.1));
    return new Float32Array(length).map((_, at) => notes.reduce((sum, note) => sum + (note[at] ?? 0), 0));
  },
};

/** White noise through Paul Kellet's economy filter, -3 dB for each octave. */
function pink(length: number, amplitude: number): Float32Array {
  let [slow, middle, fast] = [0, 0, 0];
  return noise(length).map((white) => {
    slow = 0.99765 * slow + white * 0.099046;
    middle = 0.963 * middle + white * 0.2965164;
    fast = 0.57 * fast + white * 1.0526913;
    return (amplitude * (slow + middle + fast + white * 0.1848)) / 4;
  });
}

describe('text without speech', () => {
  it.each(Object.keys(sounds).flatMap((name) => [0.2, 2, 30].map((seconds) => ({ name, seconds }))))(
    'gives no text: $name of $seconds s',
    async ({ name, seconds }) => {
      const samples = sounds[name]!(Math.round(seconds * rate));
      expect(await transcribe(running.url, pcm16(samples))).toEqual({ status: 200, text: '' });
    },
  );

  it('has no word of earlier recordings, 200 times in turn on the same worker', async () => {
    const quiet = pcm16(pink(rate, 0.02));
    for (let turn = 0; turn < 100; turn++) {
      expect((await transcribe(running.url, speech)).text).toBe(spoken);
      expect((await transcribe(running.url, quiet)).text).toBe('');
    }
  }, 600_000);
});

describe('clips that are hardly there', () => {
  it('refuses a recording without a sample', async () => {
    expect(await transcribe(running.url, wav(new Uint8Array(0)))).toEqual({
      status: 400,
      text: 'AUDIO_EMPTY',
    });
  });

  it('answers every length from one sample to a second of speech', async () => {
    const pcm = speech.subarray(44 + 2 * rate);
    const lengths = [1, 159, 160, 161, ...Array.from({ length: 25 }, (_, at) => 160 + at * 640)];
    for (const length of lengths) {
      const { status } = await transcribe(running.url, wav(pcm.slice(0, length * 2)));
      expect(status, `${length} samples`).toBe(200);
    }
    expect(running.app.get(RecognitionEngine).readiness().detail['workerRestarts']).toBe(0);
  });
});

describe('a short query among long recordings', () => {
  it('waits for no more than one segment of them', async () => {
    const observer = new RememberingObserver();
    running.app.get(RecognitionObservers).add(observer);
    const { scheduler } = running.app.get(RecognitionEngine);
    const decode = (owner: object, samples: Float32Array): Promise<unknown> =>
      scheduler.enqueue({
        modelId: 'moonshine-tiny-en',
        priority: 'recording',
        owner,
        piece: () => ({ samples, speechDetected: true }),
        signal: new AbortController().signal,
      });
    const segments = (await fixtureRecordings()).map(({ pcm }) => samplesOf(pcm.subarray(0, 10 * 2 * rate)));
    const query = segments[0]!.subarray(0, 3 * rate);
    const owners = [{}, {}, {}];
    const first = Promise.all(owners.map((owner) => decode(owner, query)));
    const rest = owners.flatMap((owner) =>
      [...segments, ...segments].map((samples) => decode(owner, samples)),
    );
    await first;
    for (let turn = 0; turn < 4; turn++) {
      const before = observer.decodes.length;
      await decode({}, query);
      const others = observer.decodes.slice(before).filter(({ audioMs }) => audioMs !== query.length / 16);
      expect(others.length, JSON.stringify(others)).toBeLessThanOrEqual(1);
    }
    expect(scheduler.stats.queued).toBeGreaterThan(3);
    await Promise.all(rest);
  });
});

const minutes = corpusFolder === undefined ? 5 : 30;

describe(`a recording of ${minutes} minutes (${recordingsSource})`, () => {
  it('is recognized in flat memory', async () => {
    const parts: Uint8Array[] = [];
    const pause = new Uint8Array(2 * rate);
    const clips = (await recordings()).map(({ pcm }) => pcm);
    for (let bytes = 0, at = 0; bytes < minutes * 60 * 2 * rate; at++) {
      const part = clips[at % clips.length]!;
      parts.push(part, pause);
      bytes += part.length + pause.length;
    }
    const { decoding, voiceActivity } = running.app.get(RecognitionEngine).processIds;
    const before = await residentMiB([...decoding, ...voiceActivity]);
    const rising: number[] = [];
    const timer = setInterval(() => {
      void residentMiB([...decoding, ...voiceActivity]).then((size) => rising.push(size));
    }, 500);
    const { status, text } = await transcribe(running.url, wav(bytesOf(...parts)));
    clearInterval(timer);
    expect(status).toBe(200);
    expect(text.split(' ').length).toBeGreaterThan(minutes * 50);
    // Half of it has warmed the arenas; what grows after that is a leak.
    const half = Math.max(before, ...rising.slice(0, Math.ceil(rising.length / 2)));
    expect(Math.max(...rising)).toBeLessThan(half + 40);
  }, 900_000);
});

/** Memory that processes hold together. */
async function residentMiB(pids: readonly number[]): Promise<number> {
  const sizes = await Promise.all(
    pids.map(async (pid) => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
