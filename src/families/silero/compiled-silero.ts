import { createSession, float32Tensor, output } from '../../onnx-graphs/inference-session.js';
import type { InferenceSession } from '../../onnx-graphs/inference-session.js';
import type {
  SpeechProbabilities,
  SpeechStretch,
  VoiceActivityModel,
} from '../../speech-model/voice-activity-model.js';
import { contextSamples, stateSize, windowSamples } from '../../speech-model/vad-window.js';

const runSamples = contextSamples + windowSamples;
const halfState = stateSize / 2;

/** Silero on the graph made for serving: all windows of a stretch, and stretches of the same length, in one run. */
export class CompiledSilero implements VoiceActivityModel {
  private constructor(private readonly session: InferenceSession) {}

  static async load(path: string): Promise<CompiledSilero> {
    return new CompiledSilero(await createSession(path));
  }

  async detect(stretches: readonly SpeechStretch[]): Promise<readonly SpeechProbabilities[]> {
    const answers = new Array<SpeechProbabilities>(stretches.length);
    const byWindows = new Map<number, number[]>();
    stretches.forEach(({ samples }, at) => {
      const windows = Math.floor((samples.length - contextSamples) / windowSamples);
      byWindows.set(windows, [...(byWindows.get(windows) ?? []), at]);
    });
    for (const [windows, places] of byWindows) {
      const batch = await this.detectBatch(
        windows,
        places.map((at) => stretches[at]!),
      );
      places.forEach((at, row) => (answers[at] = batch[row]!));
    }
    return answers;
  }

  async dispose(): Promise<void> {
    await this.session.release();
  }

  private async detectBatch(
    windows: number,
    stretches: readonly SpeechStretch[],
  ): Promise<SpeechProbabilities[]> {
    const rows = stretches.length;
    // Shape (rows, windows, 576): each window with the end of the one before.
    const input = new Float32Array(rows * windows * runSamples);
    const hidden = new Float32Array(rows * halfState);
    const cell = new Float32Array(rows * halfState);
    stretches.forEach(({ samples, state }, row) => {
      for (let index = 0; index < windows; index++) {
        const start = index * windowSamples;
        input.set(samples.subarray(start, start + runSamples), (row * windows + index) * runSamples);
      }
      hidden.set(state.subarray(0, halfState), row * halfState);
      cell.set(state.subarray(halfState), row * halfState);
    });
    const outputs = await this.session.run({
      windows: float32Tensor(input, [rows, windows, runSamples]),
      hidden: float32Tensor(hidden, [rows, halfState]),
      cell: float32Tensor(cell, [rows, halfState]),
    });
    const probabilities = output(outputs, 'probabilities').data as Float32Array;
    const nextHidden = output(outputs, 'next_hidden').data as Float32Array;
    const nextCell = output(outputs, 'next_cell').data as Float32Array;
    return stretches.map((_, row) => {
      const state = new Float32Array(stateSize);
      state.set(nextHidden.subarray(row * halfState, (row + 1) * halfState));
      state.set(nextCell.subarray(row * halfState, (row + 1) * halfState), halfState);
      return { probabilities: probabilities.slice(row * windows, (row + 1) * windows), state };
    });
  }
}
