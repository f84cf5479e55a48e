import { SpeechError } from '../../common/errors/speech-error.js';
import type { ModelManifest } from '../../model-registry/model-manifest.js';

/** For clients that do not know the language, or want whatever is loaded: each means the languages of the model. */
const anyLanguage: readonly string[] = ['auto', 'multi', 'mul', 'und'];

/**
 * Holds what a client asks for against the model's languages. Another language is refused rather than ignored:
 * a model that hears only English turns German speech into English words, and nobody would notice.
 * @param asked any of `en`, `en-US`, `EN`, `english`, `auto`, `multi`; one that fits is enough
 * @throws SpeechError UNSUPPORTED_FEATURE
 */
export function requireLanguage(asked: readonly string[], model: ModelManifest): void {
  const named = asked.filter((language) => language.trim() !== '');
  if (named.length === 0 || named.some(isAny)) return;
  const known = new Set(model.languages.flatMap((tag) => [primaryOf(tag), nameOf(tag)]));
  if (named.some((language) => known.has(primaryOf(language)))) return;
  throw new SpeechError(
    'UNSUPPORTED_FEATURE',
    `the model ${model.id} does not know this language; it knows: ${model.languages.join(', ')}`,
    { param: 'language' },
  );
}

function isAny(language: string): boolean {
  return anyLanguage.includes(language.trim().toLowerCase());
}

function primaryOf(tag: string): string {
  return (tag.trim().split(/[-_]/, 1)[0] ?? '').toLowerCase();
}

function nameOf(tag: string): string {
  return new Intl.DisplayNames(['en'], { type: 'language' }).of(tag)?.toLowerCase() ?? tag;
}
