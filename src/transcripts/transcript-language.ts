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

/** Determines the language of a recording: the one in which most of its speech was decoded. */
export class TranscriptLanguage {
  private readonly msOf = new Map<string, number>();
  /** Sums of milliseconds times probability. */
  private readonly certainMsOf = new Map<string, number>();

  /** @param expected the language if the model reports none */
  constructor(private readonly expected: string) {}

  add({ startMs, endMs, hypothesis: { language, text, detected } }: Segment): void {
    if (language === undefined || text === '') return;
    addTo(this.msOf, language, endMs - startMs);
    if (detected !== undefined)
      addTo(this.certainMsOf, detected.language, (endMs - startMs) * detected.probability);
  }

  get language(): string {
    let chosen = this.expected;
    let most = 0;
    for (const [language, ms] of this.msOf) {
      if (ms <= most) continue;
      most = ms;
      chosen = language;
    }
    return chosen;
  }

  /**
   * The mean probability of the language over all speech, 0 to 1: a segment whose most probable language is another one counts
   * as 0. Undefined if the model reports none.
   */
  get probability(): number | undefined {
    if (this.certainMsOf.size === 0) return undefined;
    const allMs = [...this.msOf.values()].reduce((sum, ms) => sum + ms, 0);
    return allMs === 0 ? undefined : (this.certainMsOf.get(this.language) ?? 0) / allMs;
  }
}

function addTo(sums: Map<string, number>, key: string, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value);
}
