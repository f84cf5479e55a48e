import { SpeechError } from '../../common/errors/speech-error.js';
import { primaryOf } from '../../common/language-tag.js';
import { languageNames } from '../../common/language-name.js';
import type { ModelManifest } from '../../model-registry/model-manifest.js';

/** From clients that do not know the language, or want whatever is loaded: each means all languages of the model. */
const anyLanguage: readonly string[] = ['auto', 'multi', 'mul', 'und'];

/**
 * Compares the languages that a client names with the model's. Another language is refused rather than ignored: a model of
 * English only turns German speech into English words, and nobody would notice.
 * @param asked any of `en`, `en-US`, `EN`, `english`, `auto`, `multi`; one that fits is enough
 * @returns the model's tags of the languages that were named; all of its tags where any language will do
 * @throws SpeechError UNSUPPORTED_FEATURE
 */
export function requestedLanguages(
  asked: readonly string[],
  model: Pick<ModelManifest, 'id' | 'languages'>,
): readonly string[] {
  const named = namedLanguages(asked);
  if (named.length === 0) return model.languages;
  const fitting = fittingLanguages(named, model);
  if (fitting.length > 0) return fitting;
  throw new SpeechError('UNSUPPORTED_FEATURE', languageRefusal(model), { param: 'language' });
}

/** What a client can use instead of a language that the model does not have, or the deployment does not allow. */
export function languageRefusal({ id, languages }: Pick<ModelManifest, 'id' | 'languages'>): string {
  return `The model ${id} does not transcribe this language here. It transcribes ${languages.join(', ')}.`;
}

/** Whether a client expects several languages in one input: it then gets the language of each segment. */
export function expectsMixedLanguages(asked: readonly string[]): boolean {
  return asked.some((language) => ['multi', 'mul'].includes(language.trim().toLowerCase()));
}

/** Whether a model knows one of the languages, or none is named. @param asked as in `requestedLanguages` */
export function knowsOneOf(asked: readonly string[], model: Pick<ModelManifest, 'languages'>): boolean {
  const named = namedLanguages(asked);
  return named.length === 0 || fittingLanguages(named, model).length > 0;
}

/** Empty where any language will do. */
function namedLanguages(asked: readonly string[]): readonly string[] {
  const named = asked.filter((language) => language.trim() !== '');
  return named.some(isAny) ? [] : named;
}

/** Tags of the model. */
function fittingLanguages(
  named: readonly string[],
  { languages }: Pick<ModelManifest, 'languages'>,
): readonly string[] {
  return languages.filter((tag) =>
    named.some((language) => [primaryOf(tag), ...languageNames(tag)].includes(askedPrimary(language))),
  );
}

function isAny(language: string): boolean {
  return anyLanguage.includes(language.trim().toLowerCase());
}

/** Clients write `en_US` too. */
function askedPrimary(language: string): string {
  return primaryOf(language.trim().replaceAll('_', '-'));
}
