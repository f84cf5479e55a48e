import type { ModelManifest } from '../model-registry/model-manifest.js';
import type { Segment } from '../recognition/recognition.types.js';
import type { Instructions } from '../speech-model/offline-model.js';

/** BCP 47 for "undetermined". */
const undetermined = 'und';

/** The language of a text before the model has said one: the client's, or the only one that the model has. */
export function languageInAdvance(
  { languages }: Pick<ModelManifest, 'languages'>,
  instructions: Instructions | undefined,
): string {
  const [only = undetermined, ...others] = languages;
  return instructions?.language ?? (others.length === 0 ? only : undetermined);
}

/** The language of a whole text: the one that the model names for most of its characters. */
export class TranscriptLanguage {
  private readonly charactersOf = new Map<string, number>();

  /** @param inAdvance the language where the model names none */
  constructor(private readonly inAdvance: string) {}

  add({ hypothesis: { language, text } }: Segment): void {
    if (language === undefined) return;
    this.charactersOf.set(language, (this.charactersOf.get(language) ?? 0) + text.length);
  }

  get language(): string {
    let chosen = this.inAdvance;
    let most = 0;
    for (const [language, characters] of this.charactersOf) {
      if (characters <= most) continue;
      most = characters;
      chosen = language;
    }
    return chosen;
  }
}
