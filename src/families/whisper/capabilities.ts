import { primaryOf } from '../../common/language-tag.js';
import type { SpeechCapabilities } from '../../speech-model/capabilities.js';
import type { ModelFacts } from '../../speech-model/model-facts.js';
import { productsOf } from './graphs/variants.js';
import type { SparseSilence } from './heard-positions.js';

/** Measured in docs/decisions/2026-11-27-whisper-graphs.md: beyond this the model may not find the end of a text. */
export const silence: SparseSilence = { marginSeconds: 0.5, stride: 8 };

/** Whisper was trained on texts of 30 s that have at most 224 tokens; a second of a dense script has more than their mean. */
const decodeRates = { tokensPerSecond: 16, tokensAtLeast: 16 };

/** Measured on the corpus with base: speech is above -2.6, down to single digits; sounds have texts of -0.9 down to -4.2. */
const confidence = {
  inventedBelow: -2.8,
  inventedInDoubtBelow: -1.5,
  doubtBelowPeak: 0.9,
  // docs/decisions/2026-11-26-warnings.md: 2 of 65 clips are below. Of those declared as 8 or 48 kHz, 57 and 58 are
  // below or have no text.
  doubtfulBelow: -0.7,
};

/**
 * Measured in docs/decisions/2026-11-28-language-of-an-input.md with base and five languages: of segments of 2 s and more, one
 * of 202 that are more probable than 0.8 is in another language, and none of two in a row above 0.9.
 */
export const languageEvidence = {
  decideSeconds: 2,
  decideAbove: 0.8,
  decideAnywaySeconds: 4,
  changeSeconds: 2,
  changeAbove: 0.9,
  changeTimes: 2,
};

/** Measured in docs/decisions/2026-11-28-doubtful-texts.md: of pieces with fewer tokens, most lack a sentence or more. */
const omission = { tokensPerSecondBelow: 2, fromSeconds: 8 };

/** Segments of recordings that are decoded together at most, while more wait than there are processes. */
const maxBatch = 4;

/** Whisper's capabilities. Constants that were tuned on it are here and in no room above. */
export function capabilitiesOf(facts: ModelFacts, variant: string): SpeechCapabilities {
  const hasOthers = facts.languages.some((tag) => primaryOf(tag) !== 'en');
  return {
    maxAudioSeconds: facts.maxAudioSeconds,
    minSamples: 1_600,
    languages: facts.languages,
    tasks: hasOthers ? ['transcribe', 'translate'] : ['transcribe'],
    prompt: true,
    prefix: false,
    // Rows with a scale each are independent of one another.
    maxBatch: productsOf(variant).decoder === 'rq' ? maxBatch : 1,
    wordTimes: false,
    streaming: false,
    // At most 1.25 times as long: below the 28 s that leave some silence in the window of 30 s.
    segmentSeconds: { recording: 20, live: 12 },
    partialPace: { intervalMs: 700, maxIntervalMs: 2_500 },
    context: { contextMs: 0, togetherMs: 0, partedByMs: 0 },
    decodeRates,
    confidence,
    omission,
    ...(facts.languages.length > 1 && { languageEvidence }),
  };
}
