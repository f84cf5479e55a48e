import { createSession, float32Tensor, int64Tensor, output } from '../../onnx-graphs/inference-session.js';
import type { InferenceSession } from '../../onnx-graphs/inference-session.js';
import type {
  SpeechProbabilities,
  SpeechStretch,
  VoiceActivityModel,
} from '../../speech-model/voice-activity-model.js';
import { contextSamples, stateSize, windowSamples } from '../../speech-model/vad-window.js';

const runSamples = contextSamples + windowSamples;

/** Silero on the graph as it is shipped: one window of each stretch at a time. */
export class ShippedSilero implements VoiceActivityModel {
  private readonly rate = int64Tensor(BigInt64Array.of(16_000n), []);

  private constructor(private readonly session: InferenceSession) {}

  static async load(path: string): Promise<ShippedSilero> {
    return new ShippedSilero(await createSession(path));
  }

  async detect(stretches: readonly SpeechStretch[]): Promise<readonly SpeechProbabilities[]> {
    const answers: SpeechProbabilities[] = [];
    for (const stretch of stretches) answers.push(await this.detectOne(stretch));
    return answers;
  }

  async dispose(): Promise<void> {
    await this.session.release();
  }

  private async detectOne({ samples, state }: SpeechStretch): Promise<SpeechProbabilities> {
    const windows = Math.floor((samples.length - contextSamples) / windowSamples);
    const probabilities = new Float32Array(windows);
    let current = float32Tensor(state, [2, 1, stateSize / 2]);
    for (let index = 0; index < windows; index++) {
      const start = index * windowSamples;
      const outputs = await this.session.run({
        input: float32Tensor(samples.subarray(start, start + runSamples), [1, runSamples]),
        state: current,
        sr: this.rate,
      });
      probabilities[index] = (output(outputs, 'output').data as Float32Array)[0] ?? 0;
      current = output(outputs, 'stateN');
    }
    return { probabilities, state: current.data as Float32Array };
  }
}
