import { expect, it } from 'vitest';
import { LiveBench } from '../../../test/support/live-bench.js';
import { RememberingListener } from '../../../test/support/remembering-listener.js';
import type { HeardUtterance } from '../utterances/utterance-listener.js';
import type { Provenance } from '../utterances/utterance-record.js';

const provenance: Provenance = {
  modelId: 'scripted',
  version: 1,
  weightsHash: '',
  variant: 'rq',
  vadVersion: 1,
  normalizerVersion: 1,
};
const source = { container: 'raw', encoding: 'linear16', sampleRate: 16_000, channels: 1 } as const;

function listenedBench(keepsAudio: boolean): {
  readonly bench: LiveBench;
  readonly utterances: readonly HeardUtterance[];
} {
  const listeners = new RememberingListener(keepsAudio);
  const recorded = { listeners, keepsAudio, origin: undefined, provenance, source };
  return { bench: new LiveBench({ options: { recorded } }), utterances: listeners.utterances };
}

it('makes one record of each live utterance, after its last final', async () => {
  const { bench, utterances } = listenedBench(false);
  bench.say('first', 35);
  bench.say('second');
  await bench.until(() => bench.pool.running.length > 0);
  expect(utterances).toEqual([]);
  bench.stream.inputFinished();
  await bench.finishAll();
  expect(utterances.map(({ text, record }) => [record.utterance, text])).toEqual([
    [0, 'first'],
    [1, 'second'],
  ]);
  const [first, second] = utterances.map(({ record }) => record);
  expect(first).toMatchObject({ provenance, input: { sourceRateHz: 16_000, codec: 'linear16' } });
  expect(first?.output).toMatchObject({ isEmpty: false, stopReason: 'end-of-text', speechAfterFinal: false });
  expect(second?.output.speechAfterFinal).toBe(true);
  expect(utterances.every(({ segments }) => segments === undefined)).toBe(true);
});

it('keeps the audio of the segments where a listener wants it', async () => {
  const { bench, utterances } = listenedBench(true);
  bench.say('second');
  bench.stream.inputFinished();
  await bench.finishAll();
  const [segment] = utterances[0]?.segments ?? [];
  expect(segment?.hypothesis.text).toBe('second');
  expect(segment?.samples.filter((sample) => sample === 2)).toHaveLength(20 * 512);
});

it('makes no record of an utterance that was cleared', async () => {
  const { bench, utterances } = listenedBench(false);
  bench.send(20, 1);
  bench.stream.clear();
  bench.say('second');
  bench.stream.inputFinished();
  await bench.finishAll();
  expect(utterances.map(({ text }) => text)).toEqual(['second']);
});
