/** One stretch of one input for the voice activity model, with the state that the stretch before it left. */
export interface SpeechStretch {
  /** 64 samples of context, then `windows` times 512 new ones. */
  readonly samples: Float32Array;
  /** Shape (2, 128). */
  readonly state: Float32Array;
}

export interface SpeechProbabilities {
  /** One for each window. */
  readonly probabilities: Float32Array;
  /** Shape (2, 128). */
  readonly state: Float32Array;
}

/** A loaded voice activity model in the process that runs it. */
export interface VoiceActivityModel {
  /** Stretches of any number of inputs at once; each answer depends on its own stretch only. */
  detect(stretches: readonly SpeechStretch[]): Promise<readonly SpeechProbabilities[]>;
  dispose(): Promise<void>;
}
