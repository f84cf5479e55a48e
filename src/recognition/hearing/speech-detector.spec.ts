import { describe, expect, it } from 'vitest';
import { SpeechError } from '../../common/errors/speech-error.js';
import type { WorkerResult } from '../../inference/worker-process.js';
import type { InferenceAnswer, InferenceRequest } from '../../inference/inference-messages.js';
import { SpeechDetector } from './speech-detector.js';
import type { DetectingPool } from './speech-detector.js';

/** A worker that answers at once, with the number of windows of each stretch as its probability. */
class CountingPool implements DetectingPool {
  onIdle: () => void = () => undefined;
  readonly idleCount = 1;
  readonly batches: number[] = [];

  async run(body: InferenceRequest): Promise<WorkerResult<InferenceAnswer>> {
    if (body.type !== 'detect-speech') throw new Error('not asked for speech');
    this.batches.push(body.stretches.length);
    await Promise.resolve();
    const stretches = body.stretches.map(({ samples, state }) => ({
      probabilities: Float32Array.of((samples.length - 64) / 512),
      state,
    }));
    return { answer: { type: 'speech-probabilities', stretches }, computeMs: 0 };
  }
}

const unaborted = new AbortController().signal;

const stretch = (windows: number) => ({
  samples: new Float32Array(64 + 512 * windows),
  state: new Float32Array(256),
});

describe('SpeechDetector', () => {
  it('gathers the windows of live inputs, and answers each its own', async () => {
    const pool = new CountingPool();
    const detector = new SpeechDetector(pool);
    await detector.detect(stretch(1), unaborted);
    const answers = await Promise.all(
      [1, 2, 3, 1].map((windows) => detector.detect(stretch(windows), unaborted)),
    );
    expect(answers.map(({ probabilities }) => probabilities[0])).toEqual([1, 2, 3, 1]);
    expect(pool.batches).toEqual([1, 4]);
  });

  it('runs a stretch that is not live at once', async () => {
    const pool = new CountingPool();
    const detector = new SpeechDetector(pool);
    await detector.detect(stretch(1), unaborted);
    const live = detector.detect(stretch(1), unaborted);
    const recorded = detector.detect(stretch(31), unaborted);
    expect(pool.batches).toEqual([1, 2]);
    await Promise.all([live, recorded]);
  });

  it('answers a cancelled request at once, and goes on without it', async () => {
    const pool = new CountingPool();
    let answer: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (answer = resolve));
    const run = pool.run.bind(pool);
    const signals: (AbortSignal | undefined)[] = [];
    pool.run = async (body: InferenceRequest, signal?: AbortSignal) => {
      signals.push(signal);
      await gate;
      return run(body);
    };
    const detector = new SpeechDetector(pool);
    const [first, second] = [new AbortController(), new AbortController()];
    const left = detector.detect(stretch(31), first.signal);
    first.abort(new SpeechError('DEADLINE_EXCEEDED', 'too late'));
    await expect(left).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(signals[0]?.aborted).toBe(true);
    const stays = detector.detect(stretch(31), second.signal);
    answer();
    expect((await stays).probabilities[0]).toBe(31);
    await expect(detector.detect(stretch(1), first.signal)).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
  });
});
