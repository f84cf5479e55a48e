import type { CheckedRow } from './check-labels.js';
import { rewrittenRow } from './label-manifest.js';
import type { LabelRow } from './label-manifest.js';

export interface FixedRow {
  readonly row: LabelRow;
  readonly text: string;
  /** As a line of the copy has them. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface FixedManifest {
  readonly rows: readonly FixedRow[];
  /** Rows of the original whose text has changed. */
  readonly changed: number;
  /** Lines of recordings with two texts, of which neither has more rows: only listening helps. The copy leaves them out. */
  readonly undecided: readonly number[];
}

/**
 * Makes a consistent copy of a manifest. A recording with different texts gets the text of most of its rows.
 * @param folder of the copy: paths of audio are relative to it
 * @param hashes those of the audio of each row
 */
export function fixLabels(
  rows: readonly CheckedRow[],
  hashes: readonly (string | undefined)[],
  folder: string,
): FixedManifest {
  const undecided: number[] = [];
  const fixed: FixedRow[] = [];
  let changed = 0;
  for (const [index, { row, text }] of rows.entries()) {
    const hash = hashes[index];
    const texts = rows.flatMap((each, at) => (hash !== undefined && hashes[at] === hash ? [each.text] : []));
    const decided = texts.length === 0 ? text : mostFrequent(texts);
    if (decided === undefined) {
      undecided.push(row.line);
      continue;
    }
    if (decided !== row.text) changed++;
    fixed.push({ row, text: decided, fields: rewrittenRow(row, decided, folder) });
  }
  return { rows: fixed, changed, undecided };
}

/** Undefined if two texts are as frequent. */
function mostFrequent(texts: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const most = Math.max(...counts.values());
  const [first, ...others] = [...counts].filter(([, count]) => count === most);
  return others.length === 0 ? first![0] : undefined;
}
