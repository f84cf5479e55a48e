import { readFileSync } from 'node:fs';
import type { EvaluationSummary } from '../src/evaluation/evaluation-summary.js';

const path = 'docs/measured/normalization.json';

interface Cell {
  readonly settings: Readonly<Record<string, string>>;
  readonly degradation?: string;
  readonly summary: EvaluationSummary;
}

interface Run {
  readonly date: string;
  readonly model: { readonly id: string };
  readonly machine: { readonly processor: string };
  readonly grid: readonly Cell[];
}

/** Sets of clean read speech, whose rate says most about the level. */
const cleanSets = [
  'LibriSpeech dev-clean',
  'LibriSpeech test-other',
  'LibriSpeech test (others)',
  'VCTK',
  'PocketSphinx test data',
];

/** The table of docs/operations/normalization.md: `npm run evaluate` with gains and silence, with the gain stage and without it. */
export function normalizationTable(): string {
  const { grid, model, machine, date } = JSON.parse(readFileSync(path, 'utf8')) as Run;
  const labels = [...new Set(grid.map(({ degradation }) => degradation ?? 'as recorded'))];
  const cellOf = (label: string, gain: string): Cell =>
    grid.find(
      ({ settings, degradation }) =>
        (degradation ?? 'as recorded') === label && settings['LOUDNESS_MAX_GAIN_DB'] === gain,
    )!;
  const percent = (rate: number | undefined): string => (rate === undefined ? '-' : (rate * 100).toFixed(1));
  const rows = labels.map((label) => {
    const [on, off] = [cellOf(label, '30'), cellOf(label, '0')];
    const figures = [on, off].map(({ summary }) => [
      percent(summary.allSpeech.wordErrorRate),
      percent(rateOf(summary, cleanSets)),
      String(summary.emptyTexts.ofOneWord + summary.emptyTexts.ofTwoWordsOrMore),
    ]);
    return `| ${label} | ${figures.flat().join(' | ')} |`;
  });
  const { clips } = grid[0]!.summary.allSpeech;
  return [
    '| recordings | WER, gain on | clean speech | empty | WER, gain off | clean speech | empty |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    `WER in %, ${clips} clips of speech, ${model.id}, ${machine.processor}, ${date.slice(0, 10)}. Clean speech: ${cleanSets.join(', ')}. \`gain\` is in dB, \`leading\` and \`trailing\` are seconds of silence.`,
  ].join('\n');
}

function rateOf({ bySourceSet }: EvaluationSummary, names: readonly string[]): number | undefined {
  let [errors, words] = [0, 0];
  for (const { name, errors: counted } of bySourceSet) {
    if (!names.includes(name)) continue;
    errors += counted.substitutions + counted.insertions + counted.deletions;
    words += counted.referenceWords;
  }
  return words === 0 ? undefined : errors / words;
}
