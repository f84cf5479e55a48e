import { ratioInterval } from '../statistics/bootstrap.js';
import type { Interval } from '../statistics/bootstrap.js';
import { primaryOf } from '../common/language-tag.js';
import { isUnspaced, splitWords } from '../common/words.js';
import {
  addCharacterErrors,
  addWordErrors,
  characterErrorRate,
  countCharacterErrors,
  countWordErrors,
  errorCount,
  noCharacterErrors,
  noWordErrors,
  wordErrorRate,
  wordsOf,
} from './word-error-rate.js';
import type { CharacterErrors, WordErrors } from './word-error-rate.js';

/** The result of one clip. */
export interface ClipResult {
  readonly id: string;
  readonly sourceSet: string;
  readonly reference: string;
  /** BCP 47 tag of what is spoken, where the data set says it. */
  readonly language?: string;
  /** BCP 47 tag that the model has reported for the whole clip. */
  readonly heardLanguage?: string;
  readonly hypothesis: string;
  readonly audioSeconds: number;
  /** From the bytes to the whole text, with as many clips under way as the run had. */
  readonly latencyMs: number;
  /** The code of the error that came instead of a text; then the other figures have no meaning. */
  readonly failure?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Geometric mean of the probabilities of the tokens, 0 to 1; 0 without text. */
  readonly confidence?: number;
}

/** One line of the table: clips that belong together. */
export interface ClipGroup {
  readonly name: string;
  readonly clips: number;
  /** Those of languages that are written with spaces. */
  readonly errors: WordErrors;
  /** Undefined where there are no such words. */
  readonly wordErrorRate: number | undefined;
  /** 95 % by the bootstrap over clips. */
  readonly wordErrorRateInterval?: Interval | undefined;
  /** Of all clips, whatever their language. */
  readonly characterErrors: CharacterErrors;
  /** Undefined where nobody speaks. */
  readonly characterErrorRate: number | undefined;
}

/** Clips of one language, as the data set has it. */
export interface LanguageGroup extends ClipGroup {
  /** Clips for which the model has reported this language. */
  readonly languageRight: number;
}

/** The figures of a run, without texts. */
export interface EvaluationSummary {
  readonly allSpeech: ClipGroup;
  /** Clips whose reference has two words or more: single words say more about the corpus than about the model. */
  readonly twoWordsOrMore: ClipGroup;
  readonly bySourceSet: readonly ClipGroup[];
  /** Empty where the data set does not say what is spoken. */
  readonly byLanguage: readonly LanguageGroup[];
  /** By the tags that were asked for: `name=value`. */
  readonly slices?: readonly ClipGroup[];
  readonly withoutSpeech: { readonly clips: number; readonly withText: number };
  readonly emptyTexts: { readonly ofOneWord: number; readonly ofTwoWordsOrMore: number };
  readonly failures: number;
  readonly audioSeconds: number;
  readonly wallSeconds: number;
  /** Seconds of audio for each second of the clock, by the whole run. */
  readonly realTimeFactorInverse: number;
  readonly latencyMs: {
    readonly p50: number;
    readonly p90: number;
    readonly p95: number;
    readonly p99: number;
  };
}

/** Errors in words; none, of no words, in a language that is written without spaces: its texts have no words to compare. */
export function errorsOf(result: ClipResult): WordErrors {
  const { reference, hypothesis, language } = result;
  return hasSpaces(result)
    ? countWordErrors(wordsOf(reference, language), wordsOf(hypothesis, language))
    : noWordErrors;
}

export function characterErrorsOf({ reference, hypothesis, language }: ClipResult): CharacterErrors {
  return countCharacterErrors(wordsOf(reference, language), wordsOf(hypothesis, language));
}

function hasSpaces({ reference, language }: ClipResult): boolean {
  return !isUnspaced(reference, language);
}

/** By a dictionary where there are no spaces. */
function wordCountOf({ reference, language }: ClipResult): number {
  const words = wordsOf(reference, language);
  return isUnspaced(reference, language) ? splitWords(words.join(' ')).length : words.length;
}

/** A clip that failed is counted as a failure, and in nothing else: its text is unknown. */
export function summarize(
  all: readonly ClipResult[],
  wallSeconds: number,
  sliceTags: readonly string[] = [],
): EvaluationSummary {
  const results = all.filter(({ failure }) => failure === undefined);
  const isEmpty = (result: ClipResult): boolean => wordsOf(result.hypothesis).length === 0;
  const wordCount = wordCountOf;
  const speech = results.filter((result) => wordCount(result) > 0);
  const twoOrMore = speech.filter((result) => wordCount(result) >= 2);
  const silent = results.filter((result) => wordCount(result) === 0);
  const languages = [...new Set(speech.flatMap(({ language }) => language ?? []))].sort();
  const sets = [...new Set(speech.map(({ sourceSet }) => sourceSet))].sort();
  const audioSeconds = results.reduce((sum, result) => sum + result.audioSeconds, 0);
  const latencies = results.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
  return {
    allSpeech: group('all speech', speech),
    twoWordsOrMore: group('two words or more', twoOrMore),
    bySourceSet: sets.map((name) =>
      group(
        name,
        speech.filter(({ sourceSet }) => sourceSet === name),
      ),
    ),
    byLanguage: languages.map((name) =>
      languageGroup(
        name,
        speech.filter(({ language }) => language === name),
      ),
    ),
    ...(sliceTags.length > 0 && { slices: sliceTags.flatMap((tag) => slicesOf(tag, speech)) }),
    withoutSpeech: { clips: silent.length, withText: silent.filter((result) => !isEmpty(result)).length },
    emptyTexts: {
      ofOneWord: speech.filter((result) => wordCount(result) === 1 && isEmpty(result)).length,
      ofTwoWordsOrMore: twoOrMore.filter(isEmpty).length,
    },
    failures: all.length - results.length,
    audioSeconds,
    wallSeconds,
    realTimeFactorInverse: audioSeconds / wallSeconds,
    latencyMs: {
      p50: percentile(latencies, 0.5),
      p90: percentile(latencies, 0.9),
      p95: percentile(latencies, 0.95),
      p99: percentile(latencies, 0.99),
    },
  };
}

function group(name: string, results: readonly ClipResult[]): ClipGroup {
  const errors = results.map(errorsOf).reduce(addWordErrors, noWordErrors);
  const characterErrors = results.map(characterErrorsOf).reduce(addCharacterErrors, noCharacterErrors);
  return {
    name,
    clips: results.length,
    errors,
    wordErrorRate: wordErrorRate(errors),
    wordErrorRateInterval: ratioInterval(
      results.map((result) => {
        const each = errorsOf(result);
        return { numerator: errorCount(each), denominator: each.referenceWords };
      }),
    ),
    characterErrors,
    characterErrorRate: characterErrorRate(characterErrors),
  };
}

/** Values of numbers with many digits are put together by tenths of their range. */
function slicesOf(tag: string, speech: readonly ClipResult[]): ClipGroup[] {
  const values = [...new Set(speech.flatMap(({ tags }) => tags?.[tag] ?? []))];
  const label = bandsOf(values);
  const labels = [...new Set(values.map(label))].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return labels.map((name) =>
    group(
      `${tag}=${name}`,
      speech.filter(({ tags }) => tags?.[tag] !== undefined && label(tags[tag]) === name),
    ),
  );
}

const mostValues = 12;

function bandsOf(values: readonly string[]): (value: string) => string {
  const numbers = values.map(Number);
  if (values.length <= mostValues || numbers.some((value) => Number.isNaN(value))) return (value) => value;
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const width = (high - low) / 5;
  return (value) => {
    const band = Math.min(4, Math.floor((Number(value) - low) / width));
    return `${(low + band * width).toPrecision(3)} to ${(low + (band + 1) * width).toPrecision(3)}`;
  };
}

function languageGroup(name: string, results: readonly ClipResult[]): LanguageGroup {
  const right = results.filter(({ heardLanguage }) => primaryOf(heardLanguage ?? '') === primaryOf(name));
  return { ...group(name, results), languageRight: right.length };
}

/** The nearest-rank percentile of ascending values; 0 where there are none. */
export function percentile(ascending: readonly number[], share: number): number {
  return ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)] ?? 0;
}

function intervalOf(interval: Interval | undefined): string {
  if (interval === undefined) return '-';
  return `${(interval.low * 100).toFixed(1)}-${(interval.high * 100).toFixed(1)}`;
}

/** The summary as lines for a terminal. */
export function formatSummary(summary: EvaluationSummary): string {
  const { withoutSpeech, emptyTexts, latencyMs } = summary;
  const groups = [
    summary.allSpeech,
    summary.twoWordsOrMore,
    ...summary.bySourceSet,
    ...summary.byLanguage,
    ...(summary.slices ?? []),
  ];
  const percent = (rate: number | undefined): string =>
    rate === undefined ? '-' : `${(rate * 100).toFixed(1)} %`;
  const rows = groups.map((line) => [
    line.name,
    String(line.clips),
    String(line.errors.referenceWords),
    percent(line.wordErrorRate),
    intervalOf(line.wordErrorRateInterval),
    String(errorCount(line.errors)),
    String(line.errors.substitutions),
    String(line.errors.insertions),
    String(line.errors.deletions),
    percent(line.characterErrorRate),
  ]);
  const table = [['clips', 'n', 'words', 'WER', '95 %', 'errors', 'subst.', 'ins.', 'del.', 'CER'], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  '),
  );
  lines.splice(3, 0, '-'.repeat(lines[0]!.length));
  const ms = (value: number): string => `${Math.round(value)} ms`;
  return [
    ...lines,
    '',
    `clips without speech that got a text: ${withoutSpeech.withText} of ${withoutSpeech.clips}`,
    `speech clips with an empty text: ${emptyTexts.ofTwoWordsOrMore} of two words or more, ${emptyTexts.ofOneWord} of one word`,
    ...summary.byLanguage.map(
      ({ name, languageRight, clips }) =>
        `language reported for clips in ${name}: right in ${languageRight} of ${clips}`,
    ),
    `clips that failed, and count in nothing above: ${summary.failures}`,
    `speed: ${summary.realTimeFactorInverse.toFixed(1)} seconds of audio per second (${summary.audioSeconds.toFixed(0)} s in ${summary.wallSeconds.toFixed(1)} s)`,
    `latency: p50 ${ms(latencyMs.p50)}, p90 ${ms(latencyMs.p90)}, p95 ${ms(latencyMs.p95)}, p99 ${ms(latencyMs.p99)}`,
  ].join('\n');
}
