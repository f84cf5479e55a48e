import { counter, gauge, histogram } from './metric-kinds.js';

/** What those who own the model watch; a part of the table in metric-definitions.ts. */
export const modelMetricDefinitions = {
  featureUtterances: counter(
    'hearken_feature_utterances_total',
    'Utterances by the bucket in which each feature is, at most 3 of a client at a time. The buckets are not cumulative; `bucket` is the upper bound of a number, or a word.',
    ['model', 'version', 'feature', 'bucket'],
  ),
  featureReference: gauge(
    'hearken_feature_reference_share',
    'Share of the utterances of the drift profile in the same buckets; only with a profile.',
    ['model', 'version', 'feature', 'bucket'],
  ),
  driftProfile: gauge(
    'hearken_drift_profile_clips',
    'Independent clips of which the drift profile of a model was made; only with a profile.',
    ['model', 'version'],
  ),
  estimatedWordErrorRate: gauge(
    'hearken_estimated_wer_ratio',
    'Word error rate of the newest utterances as the confidence of the model tells it, 0 to 1 or more; only with a drift profile of clips with texts.',
    ['model', 'version'],
  ),
  driftLevel: gauge(
    'hearken_drift_level',
    'How suspicious each feature is on this replica; from 1 on the traffic has drifted. Only with a profile.',
    ['model', 'version', 'feature'],
  ),
  utterances: counter(
    'hearken_utterances_total',
    'Utterances whose answer was made: recordings, and utterances of live speech.',
    ['model', 'version'],
  ),
  nullTranscripts: counter('hearken_null_transcripts_total', 'Utterances with speech and without a text.', [
    'model',
    'version',
  ]),
  earlyCuts: counter(
    'hearken_early_cuts_total',
    'Live utterances that began within a second after a pause had ended the one before: it was probably cut too early.',
    ['model', 'version'],
  ),
  repeatSimilarity: histogram(
    'hearken_repeat_similarity',
    'Similarity of the texts where the same client asks again within 30 s: 1 for the same words.',
    ['model', 'version'],
    [0.2, 0.4, 0.6, 0.8, 0.99, 1],
  ),
  feedback: counter('hearken_feedback_total', 'What users did with their texts, by POST /v1/feedback.', [
    'model',
    'version',
    'feedback',
  ]),
  correctedWords: counter('hearken_corrected_words_total', 'Words of the texts that users gave as right.', [
    'model',
    'version',
  ]),
  correctedErrors: counter(
    'hearken_corrected_errors_total',
    'Word errors in the answers to them; over the words it is the word error rate of what was corrected.',
    ['model', 'version'],
  ),
  captures: gauge(
    'hearken_captures',
    'Utterances since the start that were kept for labelling, by the rule that chose them, or that could not be written.',
    ['result'],
  ),
  captureBytes: gauge('hearken_capture_bytes', 'Bytes of audio that are kept for labelling.'),
  shadowUtterances: gauge(
    'hearken_shadow_utterances',
    'Utterances since the start that SHADOW_MODEL should hear, by what became of them.',
    ['model', 'fate'],
  ),
  shadowWords: gauge(
    'hearken_shadow_words',
    'Words of the texts that clients got, of utterances that the shadow heard.',
    ['model', 'slice'],
  ),
  shadowErrors: gauge(
    'hearken_shadow_errors',
    'Word errors of the shadow against those texts; over the words it is the disagreement.',
    ['model', 'slice'],
  ),
  canaryReturned: gauge(
    'hearken_canary_returned',
    '1 once the canary was sent back to the first model, 0 before; only with CANARY_MODEL.',
    ['model'],
  ),
  canaryNotInferior: gauge(
    'hearken_canary_not_inferior',
    '1 while the canary is certain to be at most the stated margins worse than the first model.',
    ['model'],
  ),
  canaryClients: gauge(
    'hearken_canary_clients',
    'Clients of either group that were heard while the canary was under way.',
    ['model', 'group'],
  ),
  canaryGuardLevel: gauge(
    'hearken_canary_guard_level',
    'How near each guard is to sending the canary back; 1 does.',
    ['model', 'guard'],
  ),
} as const;
