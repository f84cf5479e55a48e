import { RecognitionObserver } from '../../src/recognition/recognition-observer.js';
import type { CancellationObservation, DecodeObservation } from '../../src/inference/decode-observer.js';
import type { RecordingObservation } from '../../src/recognition/recognition-observer.js';

/** Keeps all that recognition reports. */
export class RememberingObserver extends RecognitionObserver {
  readonly decodes: DecodeObservation[] = [];
  readonly cancellations: CancellationObservation[] = [];
  readonly refusals: string[] = [];
  readonly replacements: string[] = [];
  readonly recordings: RecordingObservation[] = [];

  override decoded(observation: DecodeObservation): void {
    this.decodes.push(observation);
  }

  override cancelled(observation: CancellationObservation): void {
    this.cancellations.push(observation);
  }

  override refused({ code }: { readonly code: string }): void {
    this.refusals.push(code);
  }

  override workerReplaced({ pool }: { readonly pool: string }): void {
    this.replacements.push(pool);
  }

  override recordingCompleted(observation: RecordingObservation): void {
    this.recordings.push(observation);
  }
}
