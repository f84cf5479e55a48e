import type { InferenceAnswer, InferenceRequest } from '../../src/inference/inference-messages.js';
import type { WorkerResult } from '../../src/inference/worker-process.js';
import type { DetectingPool } from '../../src/recognition/hearing/speech-detector.js';
import { windowSamples } from '../../src/speech-model/vad-window.js';

/** A voice activity worker for which everything but zero is speech, as many windows late as it is told. */
export class LevelPool implements DetectingPool {
  onIdle: () => void = () => undefined;
  readonly idleCount = 1;
  /** Of all streams. */
  windowCount = 0;
  private readonly late: number[];

  constructor(lateWindows = 0) {
    this.late = Array.from({ length: lateWindows }, () => 0);
  }

  async run(body: InferenceRequest): Promise<WorkerResult<InferenceAnswer>> {
    if (body.type !== 'detect-speech') throw new Error('not asked for speech');
    await Promise.resolve();
    const stretches = body.stretches.map(({ samples, state }) => {
      const windows = Math.floor(samples.length / windowSamples);
      const context = samples.length - windows * windowSamples;
      const probabilities = Float32Array.from({ length: windows }, (_, at) => {
        this.late.push(samples[context + (at + 1) * windowSamples - 1] === 0 ? 0 : 1);
        return this.late.shift() ?? 0;
      });
      this.windowCount += windows;
      return { probabilities, state };
    });
    return { answer: { type: 'speech-probabilities', stretches }, computeMs: 0 };
  }
}
