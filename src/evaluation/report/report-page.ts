import { readFile } from 'node:fs/promises';
import type { EvaluationClip } from '../evaluation-manifest.js';
import { errorsOf } from '../evaluation-summary.js';
import type { ClipGroup, ClipResult } from '../evaluation-summary.js';
import { cellName } from '../run-grid.js';
import type { GridCell } from '../run-grid.js';
import { alignWords } from '../word-alignment.js';
import { errorCount, wordsOf } from '../word-error-rate.js';
import { barPlot, escaped, linePlot } from './plot.js';
import type { Series } from './plot.js';

export interface ReportedRun {
  readonly title: string;
  readonly results: readonly ClipResult[];
  readonly clips: readonly EvaluationClip[];
  /** The first is the run itself. */
  readonly cells: readonly GridCell[];
  /** What the figures depend on, printed as it is. */
  readonly run: unknown;
}

const worstClips = 12;
/** A larger recording is not put into the page. */
const largestSound = 1_500_000;
const calibrationBins = 10;

/** A page that needs no other file: figures, plots, and the worst clips with their sound. It has texts: keep it as the data set. */
export async function reportPage({ title, results, clips, cells, run }: ReportedRun): Promise<string> {
  const { summary } = cells[0]!;
  const groups = [
    summary.allSpeech,
    ...summary.bySourceSet,
    ...summary.byLanguage,
    ...(summary.slices ?? []),
  ];
  const parts = [
    barPlot('Word error rate, %', groups.flatMap(barOf)),
    ...degradationPlots(cells),
    cells.length > 1 ? barPlot('Settings and data: word error rate, %', cells.flatMap(gridBarOf)) : '',
    latencyPlot(results),
    calibrationPlot(results),
    await worst(results, clips),
    `<h2>What the figures depend on</h2><pre>${escaped(JSON.stringify(run, null, 1))}</pre>`,
  ];
  return `<!doctype html><meta charset="utf-8"><title>${escaped(title)}</title><style>body{font:15px system-ui;max-width:70em;margin:2em auto;padding:0 1em}svg{width:34em;max-width:100%;font-size:12px}ins{color:#1a7f37}del{color:#d1242f}pre{overflow:auto;font-size:12px}td{padding:.2em .6em;vertical-align:top}</style><h1>${escaped(title)}</h1>\n${parts.join('\n')}\n`;
}

function barOf({
  name,
  wordErrorRate,
  wordErrorRateInterval: interval,
}: ClipGroup): Parameters<typeof barPlot>[1][number][] {
  if (wordErrorRate === undefined) return [];
  const bar = { label: name, value: wordErrorRate * 100 };
  return [interval === undefined ? bar : { ...bar, low: interval.low * 100, high: interval.high * 100 }];
}

function gridBarOf(cell: GridCell): Parameters<typeof barPlot>[1][number][] {
  return barOf({ ...cell.summary.allSpeech, name: cellName(cell) });
}

/** One plot for each degradation with several values. */
function degradationPlots(cells: readonly GridCell[]): string[] {
  const names = [...new Set(cells.flatMap(({ degradation }) => degradation?.split('=')[0] ?? []))];
  return names.map((name) => {
    const points = cells.flatMap(({ degradation, summary }) => {
      const [kind, value] = degradation?.split('=') ?? [];
      const { wordErrorRate, wordErrorRateInterval: interval } = summary.allSpeech;
      if (kind !== name || value === undefined || wordErrorRate === undefined) return [];
      return [
        {
          x: Number(value),
          y: wordErrorRate * 100,
          ...(interval && { low: interval.low * 100, high: interval.high * 100 }),
        },
      ];
    });
    const sorted = points.toSorted((a, b) => a.x - b.x);
    return sorted.length < 2
      ? ''
      : linePlot(`Word error rate by ${name}`, name, '%', [{ label: name, points: sorted }]);
  });
}

function latencyPlot(results: readonly ClipResult[]): string {
  const points = results
    .filter(({ failure }) => failure === undefined)
    .map(({ latencyMs }) => latencyMs)
    .sort((a, b) => a - b)
    .map((x, at, all) => ({ x, y: (at + 1) / all.length }));
  return linePlot('Latency: share of clips within a time', 'ms', 'share', [
    { label: 'clips', points: thinned(points) },
  ]);
}

/** Share of right words against the confidence of the text: a calibrated model lies on the diagonal. */
function calibrationPlot(results: readonly ClipResult[]): string {
  const bins = Array.from({ length: calibrationBins }, () => ({ confidence: 0, words: 0, right: 0 }));
  for (const result of results) {
    const words = wordsOf(result.hypothesis, result.language).length;
    if (result.confidence === undefined || words === 0) continue;
    const bin = bins[Math.min(calibrationBins - 1, Math.floor(result.confidence * calibrationBins))]!;
    bin.words += words;
    bin.confidence += result.confidence * words;
    bin.right += Math.max(0, words - errorCount(errorsOf(result)));
  }
  const points = bins
    .filter(({ words }) => words > 0)
    .map(({ confidence, words, right }) => ({ x: confidence / words, y: right / words }));
  const ideal: Series = {
    label: 'calibrated',
    points: [
      { x: 0, y: 0 },
      { x: 1, y: 1 },
    ],
  };
  return points.length === 0
    ? ''
    : linePlot('Calibration: right words by confidence', 'confidence', 'share', [
        { label: 'measured', points },
        ideal,
      ]);
}

async function worst(results: readonly ClipResult[], clips: readonly EvaluationClip[]): Promise<string> {
  const ranked = results
    .map((result, index) => ({ result, path: clips[index]!.path, errors: errorCount(errorsOf(result)) }))
    .filter(({ result, errors }) => result.failure === undefined && errors > 0)
    .sort((a, b) => b.errors - a.errors)
    .slice(0, worstClips);
  const rows = await Promise.all(
    ranked.map(async ({ result, path, errors }) => {
      const { id, reference, hypothesis, language } = result;
      return `<tr><td>${escaped(id)}<br>${errors} errors<td>${alignedHtml(reference, hypothesis, language)}<td>${await sound(path)}`;
    }),
  );
  return rows.length === 0
    ? ''
    : `<h2>The worst clips</h2><p><del>said</del> <ins>heard</ins></p><table>${rows.join('')}</table>`;
}

function alignedHtml(reference: string, hypothesis: string, language: string | undefined): string {
  return alignWords(wordsOf(reference, language), wordsOf(hypothesis, language))
    .map((place) => {
      if (place.type === 'correct') return escaped(place.word);
      const said = 'said' in place ? `<del>${escaped(place.said)}</del>` : '';
      return `${said}${'heard' in place ? `<ins>${escaped(place.heard)}</ins>` : ''}`;
    })
    .join(' ');
}

async function sound(path: string): Promise<string> {
  const bytes = await readFile(path);
  if (bytes.length > largestSound) return escaped(path);
  return `<audio controls preload="none" src="data:audio/wav;base64,${bytes.toString('base64')}"></audio>`;
}

function thinned<T>(points: readonly T[]): T[] {
  const every = Math.max(1, Math.ceil(points.length / 100));
  return points.filter((_, at) => at % every === 0 || at === points.length - 1);
}
