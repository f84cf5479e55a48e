import { SpeechError } from '../../common/errors/speech-error.js';
import type { ModelManifest } from '../../model-registry/model-manifest.js';
import { asksFor } from '../shared/given-fields.js';
import { requireLanguage } from '../shared/language.js';

/**
 * What `detected_language` says where a client asks for it: the language that the model writes. It is told from no
 * other, so a model of several languages cannot say it.
 * @param asked `true`, or the languages that the client reckons with
 * @returns undefined where nobody asked
 * @throws SpeechError UNSUPPORTED_FEATURE
 */
export function detectedLanguage(asked: unknown, model: ModelManifest): string | undefined {
  if (!asksFor(asked)) return undefined;
  const [language, ...others] = model.languages;
  if (language === undefined || others.length > 0) {
    const message = `the model ${model.id} does not tell its languages apart; say which one with language`;
    throw new SpeechError('UNSUPPORTED_FEATURE', message, { param: 'detect_language' });
  }
  const reckoned = [asked].flat().filter((entry): entry is string => typeof entry === 'string');
  // A yes is no language.
  requireLanguage(
    reckoned.filter((entry) => !/^(?:true|1|yes|on)$/i.test(entry.trim())),
    model,
  );
  return language;
}
