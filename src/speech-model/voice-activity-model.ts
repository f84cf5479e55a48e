import type { SpeechProbabilities, SpeechStretch } from '../inference/worker-protocol.js';

/** The loaded voice activity model on the worker's side. Stateless: what it must remember travels with the request. */
export interface VoiceActivityModel {
  detect(stretches: readonly SpeechStretch[]): Promise<readonly SpeechProbabilities[]>;
  dispose(): Promise<void>;
}
