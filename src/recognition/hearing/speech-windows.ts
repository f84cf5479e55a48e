import type { SpeechStretch } from '../../speech-model/voice-activity-model.js';
import { contextSamples, stateSize, windowSamples } from '../../speech-model/vad-window.js';

/** Cuts one input into windows for the voice activity model and remembers what the model must be told again. */
export class SpeechWindows {
  /** The context, then samples that do not make a window yet. */
  private readonly rest = new Float32Array(contextSamples + windowSamples);
  private restLength = contextSamples;
  private state = new Float32Array(stateSize);

  /** Whole windows, if the new samples complete any. The next call needs the state that comes of them. */
  push(samples: Float32Array): SpeechStretch | undefined {
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

  remember(state: Float32Array): void {
    this.state = new Float32Array(state);
  }
}
