import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countWordErrors } from '../../src/evaluation/word-error-rate.js';
import { Recognizer } from '../../src/recognition/recognizer.js';
import type { RecognitionEvent } from '../../src/recognition/live/recognition-stream.js';
import { corpusFolder, withoutCorpus } from '../support/corpus.js';
import { OpenedStream } from '../support/live-stream.js';
import { fixtureRecordings, recordings } from '../support/recordings.js';
import type { Recording } from '../support/recordings.js';
import { arrayBufferBytes } from '../support/garbage.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { transcribe, until } from '../support/transcribe.js';
import { wordsOf } from '../support/words.js';

// Below the protocols: the recognizer's own streams, with the real model.
let running: RunningApp;
let recognizer: Recognizer;
let fixtures: readonly Recording[];

beforeAll(async () => {
  running = await startApp();
  recognizer = running.app.get(Recognizer);
  fixtures = await fixtureRecordings();
});
afterAll(() => running.close());

const second = 32_000;
const silence = (seconds: number): Uint8Array => new Uint8Array(second * seconds);

/** What holds for the events of any stream, see RecognitionEvent. */
function expectOrder(events: readonly RecognitionEvent[]): void {
  const closed = new Set<number>();
  const announced = new Set<number>();
  const lastPartial = new Map<number, string>();
  let newest = -1;
  for (const event of events) {
    if (event.type === 'speech-start') {
      expect(announced.has(event.utteranceId)).toBe(false);
      announced.add(event.utteranceId);
    }
    if (event.type === 'segment-partial') {
      const { id, hypothesis } = event.segment;
      expect(announced.has(event.utteranceId)).toBe(true);
      expect(closed.has(id), 'a partial after its final').toBe(false);
      expect(closed.has(id - 1) || id === 0, 'a partial before the final of the segment before').toBe(true);
      expect(hypothesis.text).not.toBe('');
      expect(hypothesis.text, 'the same partial again').not.toBe(lastPartial.get(id));
      lastPartial.set(id, hypothesis.text);
    }
    if (event.type === 'segment-final') {
      expect(event.segment.id, 'finals in order, one for each segment').toBe(newest + 1);
      newest = event.segment.id;
      closed.add(newest);
      expect(event.segment.endMs).toBeGreaterThanOrEqual(event.segment.startMs);
    }
  }
  const ends = events.filter(({ type }) => type === 'speech-end').length;
  expect(ends, 'every utterance has its end').toBe(announced.size);
}

describe('a live stream', () => {
  it('gives the same finals whatever the size of the frames, odd ones too', async () => {
    const [first, , third] = fixtures;
    const audio = Buffer.concat([first!.pcm, silence(1), third!.pcm]);
    const texts: string[] = [];
    for (const frameBytes of [320, 640, 3_200, 32_000, 333, 7_777]) {
      const opened = new OpenedStream(recognizer, { partials: false });
      await opened.send(audio, frameBytes);
      texts.push(await opened.finish());
      expectOrder(opened.events);
    }
    expect(texts[0]).not.toBe('');
    expect(new Set(texts).size, texts.join('\n')).toBe(1);
  });

  it('keeps the last word when the audio is cut at the last voiced sample', async () => {
    for (const { pcm, text } of fixtures) {
      const samples = new Int16Array(pcm.buffer.slice(pcm.byteOffset, pcm.byteOffset + pcm.byteLength));
      const lastVoiced = samples.findLastIndex((sample) => Math.abs(sample) > 1_000);
      const opened = new OpenedStream(recognizer);
      await opened.send(pcm.subarray(0, 2 * (lastVoiced + 1)));
      expect(wordsOf(await opened.finish()).at(-1)).toBe(wordsOf(text).at(-1));
      expectOrder(opened.events);
    }
  });

  it('says the words while they are spoken, and each utterance once', async () => {
    const [first] = fixtures;
    const opened = new OpenedStream(recognizer);
    for (let i = 0; i < 3; i++) await opened.send(Buffer.concat([first!.pcm, silence(1.2)]), 3_200, 4);
    const text = await opened.finish();
    expectOrder(opened.events);
    expect(opened.events.filter(({ type }) => type === 'segment-partial').length).toBeGreaterThan(5);
    expect(wordsOf(text).length).toBeGreaterThanOrEqual(3 * wordsOf(first!.text).length * 0.9);
  });

  it('ends an utterance where the client says so, and goes on after it', async () => {
    const [first, second] = fixtures;
    const opened = new OpenedStream(recognizer, { endpointSilenceMs: false });
    await opened.send(first!.pcm);
    opened.stream.finalize();
    await until(() => opened.events.some(({ type }) => type === 'finalized'));
    expect(opened.shape.slice(-3)).toEqual(['speech-end', 'segment-final', 'finalized']);
    await opened.send(second!.pcm);
    const text = await opened.finish();
    expectOrder(opened.events);
    expect(wordsOf(text).at(0)).toBe(wordsOf(first!.text).at(0));
    expect(wordsOf(text).at(-1)).toBe(wordsOf(second!.text).at(-1));
  });

  it('answers a finalize in silence, without a final', async () => {
    const opened = new OpenedStream(recognizer);
    await opened.send(silence(1));
    opened.stream.finalize();
    await opened.finish();
    expect(opened.shape).toEqual(['finalized']);
  });

  it('forgets cleared audio, and decodes the audio after it', async () => {
    const [first, second] = fixtures;
    const opened = new OpenedStream(recognizer, { endpointSilenceMs: false });
    await opened.send(first!.pcm);
    opened.stream.clear();
    await opened.send(second!.pcm);
    const words = wordsOf(await opened.finish());
    expect(opened.events.filter(({ type }) => type === 'cleared')).toHaveLength(1);
    const { substitutions, insertions, deletions } = countWordErrors(wordsOf(second!.text), words);
    expect(substitutions + insertions + deletions).toBeLessThanOrEqual(2);
  });

  it('reports the end of an utterance once after each last word', async () => {
    const [first] = fixtures;
    const opened = new OpenedStream(recognizer, { utteranceEndMs: 1_000 });
    for (let i = 0; i < 2; i++) await opened.send(Buffer.concat([first!.pcm, silence(4)]));
    await opened.finish();
    const ends = opened.events.flatMap((event) =>
      event.type === 'utterance-end' ? [event.lastWordEndMs] : [],
    );
    expect(ends).toHaveLength(2);
    expect(ends[0]! / 1000).toBeLessThanOrEqual(first!.pcm.length / second + 0.1);
  });

  it('reports when there is no speech and no final is under way', async () => {
    const [first] = fixtures;
    const opened = new OpenedStream(recognizer);
    await opened.send(first!.pcm.subarray(0, second));
    const quiet = opened.stream.quiet();
    await opened.send(Buffer.concat([first!.pcm.subarray(second), silence(1.5)]));
    await quiet;
    await opened.finish();
    expect(wordsOf(opened.text).at(-1)).toBe(wordsOf(first!.text).at(-1));
  });

  it('closes speech that never pauses at its greatest length', async () => {
    const noPause = Buffer.concat(fixtures.map(({ pcm }) => pcm.subarray(0, second * 3)));
    const opened = new OpenedStream(recognizer, { endpointSilenceMs: 2_000 });
    for (let i = 0; i < 4; i++) await opened.send(noPause);
    await opened.finish();
    expectOrder(opened.events);
    const finals = opened.events.filter((event) => event.type === 'segment-final');
    expect(finals.length).toBeGreaterThan(2);
    for (const { segment } of finals) expect(segment.endMs - segment.startMs).toBeLessThanOrEqual(15_100);
  });

  it('says nothing in ten minutes of silence, and keeps nothing of it', async () => {
    const opened = new OpenedStream(recognizer);
    await opened.send(silence(60), second);
    const before = arrayBufferBytes();
    for (let minute = 0; minute < 9; minute++) await opened.send(silence(60), second);
    expect(arrayBufferBytes() - before).toBeLessThan(20_000_000);
    await opened.finish();
    expect(opened.events).toEqual([]);
  });

  it('is gone when its client has gone, in the middle of a word', async () => {
    const opened = Array.from({ length: 20 }, () => new OpenedStream(recognizer));
    await Promise.all(
      opened.map((stream, at) => stream.send(fixtures[0]!.pcm.subarray(0, second + 1_000 * at))),
    );
    for (const stream of opened) stream.abort();
    await Promise.all(opened.map((stream) => stream.ended()));
    await until(() => recognizer.liveStreams.open === 0);
    expect(recognizer.liveStreams.worstLagMs).toBe(0);
  });
});

describe('streams of the whole corpus', () => {
  it.skipIf(corpusFolder === undefined)(
    `have as few word errors as the same clips uploaded, within half a point${withoutCorpus}`,
    async () => {
      const clips = (await recordings()).filter(({ text }) => text !== '');
      let [reference, live, uploaded] = [0, 0, 0];
      let next = 0;
      const frames = [320, 640, 3_200, 32_000, 1_111];
      const talker = async (): Promise<void> => {
        for (let at = next++; at < clips.length; at = next++) {
          const { pcm, file, text } = clips[at]!;
          const opened = new OpenedStream(recognizer);
          await opened.send(pcm, frames[at % frames.length]);
          const words = wordsOf(text);
          reference += words.length;
          const streamed = wordsOf(await opened.finish());
          const posted = wordsOf((await transcribe(running.url, file)).text);
          live += errors(words, streamed);
          uploaded += errors(words, posted);
          expectOrder(opened.events);
        }
      };
      await Promise.all([talker(), talker(), talker(), talker()]);
      const [liveRate, uploadedRate] = [(100 * live) / reference, (100 * uploaded) / reference];
      expect(liveRate, `live ${liveRate}, uploaded ${uploadedRate}`).toBeLessThanOrEqual(uploadedRate + 0.5);
    },
    600_000,
  );
});

function errors(reference: readonly string[], hypothesis: readonly string[]): number {
  const { substitutions, insertions, deletions } = countWordErrors(reference, hypothesis);
  return substitutions + insertions + deletions;
}
