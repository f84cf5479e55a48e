/** `translate`: into English. */
export type Task = 'transcribe' | 'translate';

/** Bounds below which a text is not believed, as mean log-probabilities of its tokens (natural logarithm). */
export interface ConfidenceBounds {
  /** Below it a text is invented, whatever the detector reports. */
  readonly inventedBelow: number;
  /** The bound where the detector was never sure of speech. */
  readonly inventedInDoubtBelow: number;
  /** The detector was in doubt if no window of the segment reached this probability of speech. */
  readonly doubtBelowPeak: number;
  /** Below it a text may be that of samples whose rate was declared wrongly. */
  readonly doubtfulBelow: number;
}

/** How much speech, in seconds, and which probabilities the language of an input needs; see recognition/input-language.ts. */
export interface LanguageEvidence {
  /** A segment of this length decides if its language is more probable than `decideAbove`. */
  readonly decideSeconds: number;
  readonly decideAbove: number;
  /** A segment of this length decides, however probable its language is. */
  readonly decideAnywaySeconds: number;
  /** As many segments of this length, one after the other, change the language, each with a probability above `changeAbove`. */
  readonly changeSeconds: number;
  readonly changeAbove: number;
  readonly changeTimes: number;
}

/** How many tokens a piece of audio can have; a text with more of them is a loop. */
export interface DecodeRates {
  readonly tokensPerSecond: number;
  /** For a clip of a fraction of a second. */
  readonly tokensAtLeast: number;
}

/** How a text shows that the model has left out some of the speech. */
export interface OmissionBounds {
  /** A text with fewer tokens for each second of its audio. */
  readonly tokensPerSecondBelow: number;
  /** In shorter audio, a single word and its surroundings have as few. */
  readonly fromSeconds: number;
}

/** How much of the speech before a segment is decoded again together with it. */
export interface ContextLimits {
  /** The longest context. */
  readonly contextMs: number;
  /** Context and segment together. */
  readonly togetherMs: number;
  /** A pause of this length ends the context: somebody else may speak after it. */
  readonly partedByMs: number;
}

/**
 * The abilities and needs of a speech model. The rooms above know nothing else about a model, so that none of them depends on
 * its family.
 */
export interface SpeechCapabilities {
  /** The longest piece of audio that is decoded at once. */
  readonly maxAudioSeconds: number;
  /** A shorter piece is filled up with zeros. */
  readonly minSamples: number;
  /** BCP 47 tags; with several of them the model needs or detects the language of each piece. */
  readonly languages: readonly string[];
  readonly tasks: readonly Task[];
  /** The model takes a client's text that precedes the audio. */
  readonly prompt: boolean;
  /** The model can go on from given tokens: context of live speech, and drafts. */
  readonly prefix: boolean;
  /** Pieces that are decoded together at most, each with the text that it has alone; 1 where batches change texts. */
  readonly maxBatch: number;
  /** The model reports when each word was spoken; false: word times are estimated from the segment's. */
  readonly wordTimes: boolean;
  /** The model reads live audio by itself; false: the open segment is decoded again as it grows. */
  readonly streaming: boolean;
  /** Speech is cut at a pause from this length on, and at 1.25 times this length in any case. */
  readonly segmentSeconds: { readonly recording: number; readonly live: number };
  /** Audio between two partials while the service keeps up, and under load. */
  readonly partialPace: { readonly intervalMs: number; readonly maxIntervalMs: number };
  readonly context: ContextLimits;
  readonly decodeRates: DecodeRates;
  readonly confidence: ConfidenceBounds;
  /** Absent: the model leaves nothing out. */
  readonly omission?: OmissionBounds;
  /** Undefined: the model does not detect languages. */
  readonly languageEvidence?: LanguageEvidence;
}
