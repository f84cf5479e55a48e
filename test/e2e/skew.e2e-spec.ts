import { afterAll, beforeAll, expect, it } from 'vitest';
import { recognizeClips } from '../../src/cli/recognize-clips.js';
import { withRecognition } from '../../src/cli/recognition-context.js';
import type { HeardUtterance } from '../../src/recognition/utterances/utterance-listener.js';
import { UtteranceListeners } from '../../src/recognition/utterances/utterance-listeners.js';
import type { InputFeatures, UtteranceRecord } from '../../src/recognition/utterances/utterance-record.js';
import { ListenClient } from '../support/listen-client.js';
import { fixtureRecordings } from '../support/recordings.js';
import { RememberingListener } from '../support/remembering-listener.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { transcribe, until } from '../support/transcribe.js';

const clip = 'sense-and-sensibility-0890.wav';

let running: RunningApp;
let listener: RememberingListener;
let file: Uint8Array;
let reference: HeardUtterance;

beforeAll(async () => {
  file = (await fixtureRecordings()).find(({ id }) => id === clip)!.file;
  reference = await heardByEvaluate();
  running = await startApp({ WORKERS: '1' });
  listener = new RememberingListener();
  running.app.get(UtteranceListeners).add(listener);
}, 60_000);
afterAll(() => running.close());

/** The record that the code of `npm run evaluate` makes of the clip, of which reference profiles are made. */
async function heardByEvaluate(): Promise<HeardUtterance> {
  const path = new URL(`../fixtures/${clip}`, import.meta.url).pathname;
  const remembering = new RememberingListener();
  await withRecognition(async (context) => {
    context.listeners.add(remembering);
    await recognizeClips([{ id: clip, path, text: '', sourceSet: 'test' }], 1, context, () => ({}));
  });
  return remembering.utterances[0]!;
}

/** Features that have to be the same, whatever the way of the audio. */
function featuresOf({ input }: UtteranceRecord): Omit<InputFeatures, 'protocol'> {
  const { protocol: _, ...features } = input;
  return features;
}

async function heard(): Promise<HeardUtterance> {
  await until(() => listener.utterances.length > 0);
  return listener.utterances.splice(0)[0]!;
}

it('makes the same record of a posted recording as evaluate', async () => {
  const { text } = await transcribe(running.url, file);
  const { record } = await heard();
  expect(featuresOf(record)).toEqual(featuresOf(reference.record));
  expect(Object.values(record.input).filter((feature) => feature === undefined)).toEqual([]);
  const { latencyMs: _, ...output } = record.output;
  expect(reference.record.output).toMatchObject(output);
  expect(output).toMatchObject({ isEmpty: false, stopReason: 'end-of-text' });
  expect(text).toBe(reference.text);
  expect(record.provenance).toEqual(reference.record.provenance);
  expect(record.origin).toMatchObject({ protocol: 'openai-rest' });
});

it('measures the same audio over a socket alike', async () => {
  // Longer than the pauses of the clip: the recording is one utterance.
  const client = await ListenClient.open(running.url, 'endpointing=5000&interim_results=true');
  client.sendInPieces(file, 3_210);
  await client.finish();
  const { record } = await heard();
  expect(featuresOf(record)).toEqual(featuresOf(reference.record));
  expect(record.output.wordsPerSecond).toBeCloseTo(reference.record.output.wordsPerSecond!, 0);
  expect(record.provenance).toEqual(reference.record.provenance);
});
