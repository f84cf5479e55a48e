import type { SpeechCapabilities } from '../../speech-model/capabilities.js';
import type { ModelFacts } from '../../speech-model/model-facts.js';
import { isBatchInvariant } from './graphs/variants.js';

/** The shortest input for which the three convolutions (127/64, 7/3, 3/2) leave a frame, with room to spare. */
export const minSamples = 4_000;

/** Nobody says more tokens than this in a second of audio; a longer text is a loop. */
export const decodeRates = { tokensPerSecond: 9, tokensAtLeast: 12 };

/**
 * Measured on the corpus with tiny: speech is above -3.2, down to single letters; sounds that pass the voice activity
 * detector go down to -7, since the model wanted to end at once and was not let. Real words bring the detector above 0.9 at
 * some point; music held it at 0.76.
 */
export const confidence = {
  inventedBelow: -4.5,
  inventedInDoubtBelow: -2.5,
  doubtBelowPeak: 0.9,
  doubtfulBelow: -0.45,
};

/** Segments of recordings that are decoded together at most, while more wait than there are processes. */
const maxBatch = 4;

/** Moonshine's capabilities. Constants that were tuned on it are here and in no room above. */
export function capabilitiesOf(facts: ModelFacts, variant: string): SpeechCapabilities {
  return {
    maxAudioSeconds: facts.maxAudioSeconds,
    minSamples,
    languages: facts.languages,
    tasks: ['transcribe'],
    prompt: false,
    prefix: true,
    maxBatch: isBatchInvariant(variant) ? maxBatch : 1,
    wordTimes: false,
    streaming: false,
    // The cost of the encoder grows with the length of the audio, and every partial decodes the whole segment again: live
    // speech is cut sooner.
    segmentSeconds: { recording: 20, live: 12 },
    partialPace: { intervalMs: 500, maxIntervalMs: 1_500 },
    // docs/decisions/2026-11-24-how-a-live-stream-is-cut.md has the sweeps.
    context: { contextMs: 8_000, togetherMs: 15_000, partedByMs: 800 },
    decodeRates,
    confidence,
  };
}
