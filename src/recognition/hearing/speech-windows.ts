import type { SpeechStretch } from '../../speech-model/voice-activity-model.js';
import { contextSamples, stateSize, windowSamples } from '../../speech-model/vad-window.js';

/** Cuts one input into windows for the voice activity model, and keeps the state that the model needs for the next ones. */
export class SpeechWindows {
  /** The context, then samples of a window that is not complete. */
  private readonly rest = new Float32Array(contextSamples + windowSamples);
  private restLength = contextSamples;
  private state = new Float32Array(stateSize);

  /** @returns the windows that the new samples complete, if any; `keepState` has to follow before the next call */
  addSamples(samples: Float32Array): SpeechStretch | undefined {
    const total = this.restLength + samples.length;
    const windows = Math.floor((total - contextSamples) / windowSamples);
    if (windows === 0) {
      this.rest.set(samples, this.restLength);
      this.restLength = total;
      return undefined;
    }
    const used = contextSamples + windows * windowSamples;
    const stretch = new Float32Array(used);
    stretch.set(this.rest.subarray(0, this.restLength));
    stretch.set(samples.subarray(0, used - this.restLength), this.restLength);
    const left = samples.subarray(used - this.restLength);
    this.rest.set(stretch.subarray(used - contextSamples));
    this.rest.set(left, contextSamples);
    this.restLength = contextSamples + left.length;
    return { samples: stretch, state: this.state };
  }

  keepState(state: Float32Array): void {
    this.state = new Float32Array(state);
  }
}
