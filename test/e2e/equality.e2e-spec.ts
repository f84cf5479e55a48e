import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Hypothesis } from '../../src/recognition/decoding/hypothesis.js';
import { RecognitionEngine } from '../../src/recognition/recognition-engine.js';
import { recordings, samplesOf } from '../support/recordings.js';
import type { Recording } from '../support/recordings.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { noise } from '../support/tone.js';
import { transcribe } from '../support/transcribe.js';

// Over the whole corpus where it lies beside the repository (../shared), else over test/fixtures.
let running: RunningApp;
let clips: readonly Recording[];

beforeAll(async () => {
  clips = await recordings();
  running = await startApp();
});
afterAll(() => running.close());

/** Answers in the order of the clips, with so many requests under way at once. */
async function allTexts(atOnce: number): Promise<readonly string[]> {
  const texts: string[] = [];
  let next = 0;
  const client = async (): Promise<void> => {
    for (let at = next++; at < clips.length; at = next++) {
      const { status, text } = await transcribe(running.url, clips[at]!.file);
      expect(status).toBe(200);
      texts[at] = text;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  return texts;
}

it('gives the same text alone and with eight requests at once', async () => {
  const alone = await allTexts(1);
  expect(alone.filter((text) => text !== '').length).toBeGreaterThan(clips.length * 0.8);
  expect(await allTexts(8)).toEqual(alone);
}, 600_000);

describe('a draft', () => {
  const halfSecond = 8_000;
  const paddingSamples = 3_200;

  it('changes the text of at most 3 % of the clips, whatever it is', async () => {
    const spoken = clips.filter(({ text, pcm }) => text !== '' && pcm.length > 4 * halfSecond);
    const scratch = await Promise.all(spoken.map(({ pcm }) => decode(padded(samplesOf(pcm)))));
    const differing: Record<string, number> = {};
    await Promise.all(
      spoken.map(async ({ pcm }, at) => {
        const samples = samplesOf(pcm);
        const { tokens, text } = scratch[at]!;
        const earlier = await decode(padded(samples.subarray(0, samples.length - halfSecond)));
        const drafts: Record<string, readonly number[]> = {
          'the text itself': tokens,
          'its beginning': tokens.slice(0, Math.ceil(tokens.length * 0.6)),
          'the text half a second earlier': earlier.tokens,
          'another text': scratch[(at + 1) % scratch.length]!.tokens,
          'any tokens': [...noise(12, at + 1)].map((value) => 100 + Math.floor((value + 1) * 15_000)),
        };
        for (const [name, draft] of Object.entries(drafts)) {
          const drafted = await decode(padded(samples), draft);
          differing[name] = (differing[name] ?? 0) + (drafted.text === text ? 0 : 1);
        }
      }),
    );
    for (const count of Object.values(differing)) {
      expect(count, JSON.stringify({ clips: spoken.length, differing })).toBeLessThanOrEqual(
        spoken.length * 0.03,
      );
    }
  }, 600_000);

  function padded(samples: Float32Array): Float32Array {
    const all = new Float32Array(samples.length + 2 * paddingSamples);
    all.set(samples, paddingSamples);
    return all;
  }

  async function decode(samples: Float32Array, draft?: readonly number[]): Promise<Hypothesis> {
    const { hypothesis } = await running.app.get(RecognitionEngine).scheduler.enqueue({
      modelId: 'moonshine-tiny-en',
      priority: 'recording',
      owner: {},
      piece: () => ({ samples, speechHeard: true, ...(draft === undefined ? {} : { draft }) }),
      signal: new AbortController().signal,
    });
    return hypothesis;
  }
});
