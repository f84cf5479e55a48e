import { describe, expect, it } from 'vitest';
import type { WorkerResult } from '../runtime/worker-process.js';
import type { WorkerRequestBody } from '../runtime/worker-protocol.js';
import { SpeechDetector } from './speech-detector.js';
import type { DetectingPool } from './speech-detector.js';

/** A worker that answers at once, with the number of windows of each stretch as its probability. */
class CountingPool implements DetectingPool {
  onIdle: () => void = () => undefined;
  readonly idleCount = 1;
  readonly batches: number[] = [];

  async run(body: WorkerRequestBody): Promise<WorkerResult> {
    if (body.type !== 'detect-speech') throw new Error('not asked for speech');
    this.batches.push(body.stretches.length);
    await Promise.resolve();
    const stretches = body.stretches.map(({ samples, state }) => ({
      probabilities: Float32Array.of((samples.length - 64) / 512),
      state,
    }));
    return { type: 'speech-probabilities', stretches, computeMs: 0 };
  }
}

const stretch = (windows: number) => ({
  samples: new Float32Array(64 + 512 * windows),
  state: new Float32Array(256),
});

describe('SpeechDetector', () => {
  it('gathers the windows of live inputs, and answers each its own', async () => {
    const pool = new CountingPool();
    const detector = new SpeechDetector(pool);
    await detector.detect(stretch(1));
    const answers = await Promise.all([1, 2, 3, 1].map((windows) => detector.detect(stretch(windows))));
    expect(answers.map(({ probabilities }) => probabilities[0])).toEqual([1, 2, 3, 1]);
    expect(pool.batches).toEqual([1, 4]);
  });

  it('lets audio that lies there already wait for nothing', async () => {
    const pool = new CountingPool();
    const detector = new SpeechDetector(pool);
    await detector.detect(stretch(1));
    const live = detector.detect(stretch(1));
    const recorded = detector.detect(stretch(31));
    expect(pool.batches).toEqual([1, 2]);
    await Promise.all([live, recorded]);
  });
});
