import { isNumberWord } from '../transcripts/convention/number-vocabulary.js';
import { inCaseOf } from '../transcripts/convention/word-parts.js';
import type { LabelRow } from './label-manifest.js';

/** A compound that a data set writes in several ways. */
export interface Compound {
  /** Its words, in small letters. */
  readonly words: readonly string[];
  /** The way of most rows: `ice-cream`, `ice cream` or `icecream`. */
  readonly form: string;
}

const hyphenated = /\p{L}+(?:-\p{L}+)+/gu;

/** Compounds that some row writes with a hyphen and another one apart or as one word. At a tie, the hyphen stays. */
export function findCompounds(rows: readonly LabelRow[]): readonly Compound[] {
  const all = new Set(rows.flatMap(({ text }) => text.toLowerCase().match(hyphenated) ?? []));
  const compounds: Compound[] = [];
  for (const compound of all) {
    const words = compound.split('-');
    if (words.every(isNumberWord)) continue;
    const forms = [compound, words.join(' '), words.join('')];
    const counts = forms.map((form) => rows.filter(({ text }) => patternOf(form).test(text)).length);
    if (counts.filter((count) => count > 0).length > 1)
      compounds.push({ words, form: forms[counts.indexOf(Math.max(...counts))]! });
  }
  return compounds;
}

/** The text with each of these compounds in its form. */
export function withCompounds(text: string, compounds: readonly Compound[]): string {
  return compounds.reduce(
    (written, { words, form }) =>
      written.replace(patternOf(words.join('[ -]?'), 'giu'), (found) => inCaseOf(found, form)),
    text,
  );
}

function patternOf(words: string, flags = 'iu'): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}-])${words}(?![\\p{L}\\p{N}-])`, flags);
}
