import type { ServedModel } from '../../recognition/recognition.types.js';
import { asksFor } from '../shared/given-fields.js';
import { requestedLanguage } from '../shared/language.js';

/**
 * Whether a client wants `detected_language` in the answer.
 * @param asked `true`, or the languages that the client expects
 * @throws SpeechError UNSUPPORTED_FEATURE where the model knows none of them
 */
export function asksToDetectLanguage(asked: unknown, model: ServedModel): boolean {
  if (!asksFor(asked)) return false;
  const expected = [asked].flat().filter((entry): entry is string => typeof entry === 'string');
  // A yes is not a language.
  requestedLanguage(
    expected.filter((entry) => !/^(?:true|1|yes|on)$/i.test(entry.trim())),
    model,
  );
  return true;
}
