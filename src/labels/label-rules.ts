import { conventionalText } from '../transcripts/convention/apply-convention.js';
import { asRecognized, namedConventions } from '../transcripts/convention/convention.js';
import type { Convention, ConventionName } from '../transcripts/convention/convention.js';
import { spellingOf } from '../transcripts/convention/spelling.js';
import { findCompounds } from './compounds.js';
import type { Compound } from './compounds.js';
import type { LabelRow } from './label-manifest.js';

/** The rules that rows are held to. Those that the user does not choose are the habits of most rows. */
export interface LabelRules {
  readonly name: ConventionName;
  readonly convention: Convention;
  readonly compounds: readonly Compound[];
}

/** @param chosen undefined: the convention that changes fewer rows; `clean` if both change as many */
export function rulesFor(rows: readonly LabelRow[], chosen: ConventionName | undefined): LabelRules {
  const spelling = habitOf(rows, (row) => spellingsOf(row.text), 'american');
  const isWritten =
    habitOf(rows, (row) => [hasStyle(row.text) ? 'written' : 'bare'], 'written') === 'written';
  const style: Partial<Convention> = isWritten
    ? { punctuation: 'sentence', case: 'sentence' }
    : { punctuation: 'remove', case: 'lower' };
  const made = (name: ConventionName): Convention => ({ ...namedConventions[name], spelling, ...style });
  const changed = (name: ConventionName): number => {
    const { fillers, numbers } = namedConventions[name];
    const rules = { ...asRecognized, fillers, numbers };
    return rows.filter(({ text, language }) => conventionalText(text, rules, language) !== text.trim())
      .length;
  };
  const name = chosen ?? (changed('verbatim') < changed('clean') ? 'verbatim' : 'clean');
  return { name, convention: made(name), compounds: findCompounds(rows) };
}

/** A text with punctuation of sentences or capitals, against one that is neither. */
function hasStyle(text: string): boolean {
  return /[.?!,;]/u.test(text) || (/\p{Lu}/u.test(text) && /\p{Ll}/u.test(text));
}

function spellingsOf(text: string): readonly ('american' | 'british')[] {
  return text.split(/\s+/).flatMap((word) => spellingOf(word) ?? []);
}

/** The form that most rows have. */
function habitOf<Form extends string>(
  rows: readonly LabelRow[],
  formsOf: (row: LabelRow) => readonly Form[],
  atTie: Form,
): Form {
  const counts = new Map<Form, number>();
  for (const row of rows) {
    if (row.text.trim() === '') continue;
    for (const form of new Set(formsOf(row))) counts.set(form, (counts.get(form) ?? 0) + 1);
  }
  const most = Math.max(0, ...counts.values());
  const first = [...counts].filter(([, count]) => count === most).map(([form]) => form);
  return first.length === 0 || first.includes(atTie) ? atTie : first[0]!;
}
