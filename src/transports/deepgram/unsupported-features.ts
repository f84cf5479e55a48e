import { SpeechError } from '../../common/errors/speech-error.js';
import { asksFor } from '../shared/given-fields.js';

/**
 * Features of Deepgram that change the content or the destination of the answer. A request for one of them is refused: an
 * answer without the feature would be wrong, and nobody would notice: names that should be redacted would stand in it.
 * Parameters for the quality of the text (keyterm, keywords) or for bookkeeping (tag, extra) are accepted without effect:
 * the official examples send them.
 */
const unsupported = [
  'callback',
  'callback_method',
  'custom_intent',
  'custom_topic',
  'detect_entities',
  'detect_topics',
  'diarize',
  'diarize_model',
  'dictation',
  'intents',
  'measurements',
  'redact',
  'replace',
  'search',
  'sentiment',
  'summarize',
  'topics',
  'translate',
] as const;

/** Parameters of Deepgram's that no DTO has: hints and bookkeeping, and `mip_opt_out`, see `hasCaptureConsent`. */
export const withoutEffect: readonly string[] = [
  ...unsupported,
  'alternatives',
  'extra',
  'keyterm',
  'keywords',
  'mip_opt_out',
  'no_delay',
  'utt_split',
  'version',
];

/** @throws SpeechError UNSUPPORTED_FEATURE */
export function refuseUnsupported(query: Readonly<Record<string, unknown>>): void {
  for (const name of unsupported) {
    if (!asksFor(query[name])) continue;
    throw new SpeechError('UNSUPPORTED_FEATURE', `${name} is not supported. Leave it out.`, { param: name });
  }
}
