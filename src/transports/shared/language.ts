import { SpeechError } from '../../common/errors/speech-error.js';
import { languageName } from '../../common/language-name.js';
import type { ModelManifest } from '../../model-registry/model-manifest.js';

/** From clients that do not know the language, or want whatever is loaded: each means all languages of the model. */
const anyLanguage: readonly string[] = ['auto', 'multi', 'mul', 'und'];

/**
 * Compares the languages that a client names with the model's. Another language is refused rather than ignored: a model of
 * English only turns German speech into English words, and nobody would notice.
 * @param asked any of `en`, `en-US`, `EN`, `english`, `auto`, `multi`; one that fits is enough
 * @returns the model's tag of the one language that was named; undefined where the model is to find out
 * @throws SpeechError UNSUPPORTED_FEATURE
 */
export function requestedLanguage(
  asked: readonly string[],
  model: Pick<ModelManifest, 'id' | 'languages'>,
): string | undefined {
  const named = asked.filter((language) => language.trim() !== '');
  if (named.length === 0 || named.some(isAny)) return undefined;
  const fitting = model.languages.filter((tag) =>
    named.some((language) => [primaryOf(tag), languageName(tag)].includes(primaryOf(language))),
  );
  if (fitting.length > 0) return fitting.length === 1 ? fitting[0] : undefined;
  throw new SpeechError(
    'UNSUPPORTED_FEATURE',
    `The model ${model.id} does not know this language. It knows ${model.languages.join(', ')}.`,
    { param: 'language' },
  );
}

function isAny(language: string): boolean {
  return anyLanguage.includes(language.trim().toLowerCase());
}

function primaryOf(tag: string): string {
  return (tag.trim().split(/[-_]/, 1)[0] ?? '').toLowerCase();
}
