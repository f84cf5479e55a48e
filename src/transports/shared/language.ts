import { SpeechError } from '../../common/errors/speech-error.js';
import type { ModelManifest } from '../../model-registry/model-manifest.js';

/**
 * Holds what a client asks for against the model's languages. Another language is refused rather than ignored:
 * a model that hears only English turns German speech into English words, and nobody would notice.
 * @param asked any of `en`, `en-US`, `EN`, `english`; one that fits is enough
 * @throws SpeechError UNSUPPORTED_FEATURE
 */
export function requireLanguage(asked: readonly string[], model: ModelManifest): void {
  if (asked.length === 0) return;
  const known = new Set(model.languages.flatMap((tag) => [primaryOf(tag), nameOf(tag)]));
  if (asked.some((language) => known.has(primaryOf(language)))) return;
  throw new SpeechError(
    'UNSUPPORTED_FEATURE',
    `the model ${model.id} does not know this language; it knows: ${model.languages.join(', ')}`,
    { param: 'language' },
  );
}

function primaryOf(tag: string): string {
  return (tag.trim().split(/[-_]/, 1)[0] ?? '').toLowerCase();
}

function nameOf(tag: string): string {
  return new Intl.DisplayNames(['en'], { type: 'language' }).of(tag)?.toLowerCase() ?? tag;
}
