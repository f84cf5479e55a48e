import { afterAll, beforeAll, expect, it } from 'vitest';
import { RecognitionEngine } from '../../src/recognition/recognition-engine.js';
import { RecognitionObservers } from '../../src/recognition/recognition-observers.js';
import { fixtureRecordings } from '../support/recordings.js';
import type { Recording } from '../support/recordings.js';
import { RememberingObserver } from '../support/remembering-observer.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { transcribe, until } from '../support/transcribe.js';

let running: RunningApp;
let observer: RememberingObserver;
let clips: readonly Recording[];

beforeAll(async () => {
  clips = await fixtureRecordings();
  running = await startApp({ WORKERS: '1' });
  observer = new RememberingObserver();
  running.app.get(RecognitionObservers).add(observer);
});
afterAll(() => running.close());

it('reports a recording and its decodes, in numbers', async () => {
  const { file, pcm } = clips[0]!;
  const { text } = await transcribe(running.url, file);
  expect(text).not.toBe('');
  const audioMs = pcm.length / 32;
  const [recording] = observer.recordings;
  expect(recording).toMatchObject({
    modelId: 'moonshine-tiny-en',
    source: { sampleRate: 16_000, channels: 1 },
  });
  expect(Math.abs(recording!.audioMs - audioMs)).toBeLessThan(20);
  expect(observer.decodes).toHaveLength(recording!.segments);
  for (const decode of observer.decodes) {
    expect(decode).toMatchObject({
      priority: 'recording',
      stopReason: 'end-of-text',
      empty: false,
      retried: false,
    });
    expect(decode.tokens).toBeGreaterThan(5);
    expect(decode.meanLogProb).toBeLessThan(0);
    expect(decode.meanLogProb).toBeGreaterThan(-3);
    expect(decode.computeMs).toBeGreaterThan(1);
    expect(decode.audioMs).toBeGreaterThan(500);
  }
  const [word = ''] = text.split(' ');
  expect(JSON.stringify([observer.decodes, observer.recordings])).not.toContain(word);
});

it('reports a lost process, and that its request ran twice', async () => {
  observer.decodes.length = 0;
  const answer = transcribe(running.url, clips[1]!.file);
  const engine = running.app.get(RecognitionEngine);
  await until(() => engine.scheduler.stats.running > 0);
  for (const pid of engine.processIds.decoding) process.kill(pid, 'SIGKILL');
  expect((await answer).text).not.toBe('');
  expect(observer.replacements).toEqual(['decoding']);
  expect(observer.decodes.filter(({ retried }) => retried)).toHaveLength(1);
});
