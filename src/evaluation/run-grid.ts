import type { EvaluationSummary } from './evaluation-summary.js';

/** A cell of a grid of settings and data. */
export interface GridCell {
  /** Settings of this cell, by their names; none: as configured. */
  readonly settings: Readonly<Record<string, string>>;
  /** The label of a degradation; undefined: the recordings as they are. */
  readonly degradation: string | undefined;
  readonly summary: EvaluationSummary;
}

/** All combinations of the values of settings; one without any where nothing is to be set. */
export function combinations(
  values: ReadonlyMap<string, readonly string[]>,
): Readonly<Record<string, string>>[] {
  let all: Readonly<Record<string, string>>[] = [{}];
  for (const [name, list] of values) {
    all = all.flatMap((before) => list.map((value) => ({ ...before, [name]: value })));
  }
  return all;
}

/** `THRESHOLD=0.5 · gain=-30`, or `as it is`. */
export function cellName({ settings, degradation }: Pick<GridCell, 'settings' | 'degradation'>): string {
  const parts = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return [...parts, degradation ?? []].flat().join(' · ') || 'as it is';
}

/** The grid as a table for a terminal. */
export function formatGrid(cells: readonly GridCell[]): string {
  const rows = cells.map((cell) => {
    const { allSpeech, emptyTexts, withoutSpeech } = cell.summary;
    const { wordErrorRate, wordErrorRateInterval: interval } = allSpeech;
    const percent = (rate: number | undefined): string =>
      rate === undefined ? '-' : (rate * 100).toFixed(2);
    return [
      cellName(cell),
      percent(wordErrorRate),
      `${percent(interval?.low)}-${percent(interval?.high)}`,
      String(emptyTexts.ofOneWord + emptyTexts.ofTwoWordsOrMore),
      String(withoutSpeech.withText),
    ];
  });
  const table = [['settings · data', 'WER %', '95 %', 'empty', 'invented'], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return table
    .map((row) =>
      row.map((cell, at) => (at === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[at]!))).join('  '),
    )
    .join('\n');
}
