import { conventionalText, ruleNames } from '../transcripts/convention/apply-convention.js';
import { asRecognized } from '../transcripts/convention/convention.js';
import { withCompounds } from './compounds.js';
import type { LabelRow } from './label-manifest.js';
import type { LabelRules } from './label-rules.js';

/** What one row of a manifest does otherwise than the convention, or than the other rows. */
export interface LabelFinding {
  readonly line: number;
  /** A rule of the convention, or `spaces`, `hyphens`, `duplicates`, `audio`. */
  readonly rule: string;
  /** A clause that says what is wrong and what would be right. */
  readonly reason: string;
}

/** A row, and its text as the convention has it. */
export interface CheckedRow {
  readonly row: LabelRow;
  readonly text: string;
  readonly findings: readonly LabelFinding[];
}

/** Holds one text to the rules, one after the other: each change is reported by the rule that makes it. */
export function checkRow(row: LabelRow, { convention, compounds, name }: LabelRules): CheckedRow {
  const findings: LabelFinding[] = [];
  let text = row.text;
  const change = (rule: string, changed: string): void => {
    if (changed !== text) findings.push({ line: row.line, rule, reason: difference(text, changed, name) });
    text = changed;
  };
  const spaced = conventionalText(text, asRecognized);
  if (spaced !== text) {
    findings.push({ line: row.line, rule: 'spaces', reason: 'has spaces around it, or several in a row' });
    text = spaced;
  }
  change('hyphens', withCompounds(text, compounds));
  for (const rule of ruleNames)
    change(rule, conventionalText(text, { ...asRecognized, [rule]: convention[rule] }, row.language));
  return { row, text, findings };
}

/**
 * Finds rows with the same audio and different texts, and rows without audio.
 * @param hashes those of the audio of each row; undefined for a file that cannot be read
 */
export function checkAudio(
  rows: readonly CheckedRow[],
  hashes: readonly (string | undefined)[],
): readonly LabelFinding[] {
  const findings: LabelFinding[] = [];
  for (const [index, { row, text }] of rows.entries()) {
    const hash = hashes[index];
    if (hash === undefined) {
      findings.push({ line: row.line, rule: 'audio', reason: 'names a recording that cannot be read' });
      continue;
    }
    const other = rows.find((each, at) => hashes[at] === hash && each.text !== text);
    if (other === undefined) continue;
    const reason = `has the same audio as line ${other.row.line} and another text`;
    findings.push({ line: row.line, rule: 'duplicates', reason });
  }
  return findings;
}

/** In words, the first part in which two texts differ. */
function difference(text: string, changed: string, convention: string): string {
  const [left, right] = [text.split(' '), changed.split(' ')];
  let start = 0;
  while (start < left.length && left[start] === right[start]) start++;
  let end = 0;
  const shorter = Math.min(left.length, right.length);
  while (end < shorter - start && left.at(-1 - end) === right.at(-1 - end)) end++;
  const before = left.slice(start, left.length - end).join(' ');
  const after = right.slice(start, right.length - end).join(' ');
  return after === ''
    ? `has "${before}", which the ${convention} convention leaves out`
    : `has "${before}", which is "${after}" in the ${convention} convention`;
}
