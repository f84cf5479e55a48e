import { primaryOf } from '../../common/language-tag.js';
import type { DetectedLanguage } from '../../speech-model/hypothesis.js';
import type { SpecialTokens } from './graphs/graph-interface.js';

/** Codes of Whisper that are not BCP 47's. */
const tags: Readonly<Record<string, string>> = { jw: 'jv' };

/** A language that a model may transcribe. */
export interface KnownLanguage {
  /** BCP 47, as the manifest has it. */
  readonly tag: string;
  readonly token: number;
}

/** The BCP 47 tags of all languages that a model has tokens for; English for a model without any. */
export function tagsOf({ languages }: SpecialTokens): readonly string[] {
  const codes = Object.keys(languages);
  return codes.length === 0 ? ['en'] : codes.map((code) => tags[code] ?? code);
}

/**
 * The languages that a manifest allows a model, with their tokens. A model of English only has none.
 * @param allowed BCP 47 tags; of `pt-BR`, the model knows `pt`
 * @throws Error when the model has no token for one of them
 */
export function knownLanguages(tokens: SpecialTokens, allowed: readonly string[]): readonly KnownLanguage[] {
  if (Object.keys(tokens.languages).length === 0) return [];
  const byTag = new Map(Object.entries(tokens.languages).map(([code, token]) => [tags[code] ?? code, token]));
  return allowed.map((tag) => {
    const token = byTag.get(tag) ?? byTag.get(primaryOf(tag));
    if (token === undefined) {
      throw new Error(`the model has no language ${tag}; it has: ${[...byTag.keys()].join(', ')}`);
    }
    return { tag, token };
  });
}

/** Not even a language that the model holds for impossible has a probability of 0, as in the graph. */
const leastChance = 1e-30;

/**
 * The most probable of the languages, and its probability if it is one of them.
 * @param probabilities of the tokens from `firstToken` on, after the start of transcript
 * @returns undefined without languages
 */
export function mostProbableLanguage(
  among: readonly KnownLanguage[],
  probabilities: Float32Array,
  firstToken: number,
): DetectedLanguage | undefined {
  let best: KnownLanguage | undefined;
  let highest = 0;
  let sum = 0;
  for (const language of among) {
    const chance = probabilities[language.token - firstToken]! + leastChance;
    sum += chance;
    if (chance <= highest) continue;
    highest = chance;
    best = language;
  }
  return best && { language: best.tag, probability: highest / sum };
}
