import type { ModelManifest } from '../model-registry/model-manifest.js';
import type { Segment } from '../recognition/recognition.types.js';
import type { Instructions } from '../speech-model/offline-model.js';

/** BCP 47 for "undetermined". */
const undetermined = 'und';

/** The language of a text before the model reports one: that of the client, or the only language of the model. */
export function expectedLanguage(
  { languages }: Pick<ModelManifest, 'languages'>,
  instructions: Instructions | undefined,
): string {
  // Translations are into English.
  if (instructions?.task === 'translate') return 'en';
  const [only = undetermined, ...others] = languages;
  return instructions?.language ?? (others.length === 0 ? only : undetermined);
}

/** Determines the language of a whole text: the one that the model reports for most of its characters. */
export class TranscriptLanguage {
  private readonly charactersOf = new Map<string, number>();

  /** @param expected the language if the model reports none */
  constructor(private readonly expected: string) {}

  add({ hypothesis: { language, text } }: Segment): void {
    if (language === undefined) return;
    this.charactersOf.set(language, (this.charactersOf.get(language) ?? 0) + text.length);
  }

  get language(): string {
    let chosen = this.expected;
    let most = 0;
    for (const [language, characters] of this.charactersOf) {
      if (characters <= most) continue;
      most = characters;
      chosen = language;
    }
    return chosen;
  }
}
