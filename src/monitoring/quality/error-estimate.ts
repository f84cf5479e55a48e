import type { UtteranceRecord } from '../../recognition/utterances/utterance-record.js';
import { isotonicSteps, valueAt } from '../../statistics/isotonic.js';
import type { Step } from '../../statistics/isotonic.js';

/** An utterance whose words are known. */
export interface LabelledRecord {
  readonly record: UtteranceRecord;
  /** Which clip it is of: variations of one clip are not independent. */
  readonly clip: number;
  /** Words that are substituted, inserted or deleted. */
  readonly errors: number;
  readonly referenceWords: number;
}

/** How the confidence of a model and its word errors go together. */
export interface ErrorCurve {
  /** Word error rate by the mean log-probability of an utterance, negative: it rises as confidence falls. */
  readonly steps: readonly Step[];
  /** Words in a second of speech: what an empty text lacks. */
  readonly wordsPerSecond: number;
  /** Of all labelled utterances. */
  readonly wordErrorRate: number;
  /**
   * Root mean square of the differences between the estimated and the true word error rate of 50 utterances, those of each half of
   * the clips by the curve of the other half.
   */
  readonly errorOfFifty: number;
}

/** Estimated words of an utterance, and how many of them are wrong. */
export interface EstimatedErrors {
  readonly words: number;
  readonly errors: number;
}

/** Fewer labelled utterances make no curve. */
const fewestLabelled = 200;
const binUtterances = 50;

/** @returns undefined without enough labelled utterances */
export function errorCurve(labelled: readonly LabelledRecord[]): ErrorCurve | undefined {
  const spoken = labelled.filter(({ referenceWords }) => referenceWords > 0);
  if (spoken.length < fewestLabelled) return undefined;
  const halves = [0, 1].map((half) => spoken.filter(({ clip }) => clip % 2 === half));
  const differences = [0, 1].flatMap((half) => differencesOf(curveOf(halves[1 - half]!), halves[half]!));
  const squares = differences.reduce((sum, difference) => sum + difference ** 2, 0);
  return { ...curveOf(spoken), errorOfFifty: Math.sqrt(squares / Math.max(1, differences.length)) };
}

/**
 * The errors of an utterance by the confidence of the model alone, without a reference. It takes texts of this confidence to be
 * as wrong as those of the profile, so that it does not see an error that the model makes with confidence.
 */
export function estimateErrors(
  { steps, wordsPerSecond }: Pick<ErrorCurve, 'steps' | 'wordsPerSecond'>,
  { input, output }: UtteranceRecord,
): EstimatedErrors {
  const speechSeconds = input.durationSeconds * (input.speechShare ?? 0);
  if (output.isEmpty)
    return { words: speechSeconds * wordsPerSecond, errors: speechSeconds * wordsPerSecond };
  if (output.meanLogProb === undefined) return { words: 0, errors: 0 };
  const words = speechSeconds * (output.wordsPerSecond ?? 0);
  return { words, errors: words * valueAt(steps, -output.meanLogProb) };
}

function curveOf(labelled: readonly LabelledRecord[]): Omit<ErrorCurve, 'errorOfFifty'> {
  const points = labelled.flatMap(({ record, errors, referenceWords: weight }) => {
    const { meanLogProb } = record.output;
    return meanLogProb === undefined ? [] : [{ x: -meanLogProb, y: errors / weight, weight }];
  });
  const words = sum(labelled.map(({ referenceWords }) => referenceWords));
  const seconds = sum(
    labelled.map(({ record: { input } }) => input.durationSeconds * (input.speechShare ?? 0)),
  );
  return {
    steps: isotonicSteps(points),
    wordsPerSecond: words / Math.max(1, seconds),
    wordErrorRate: sum(labelled.map(({ errors }) => errors)) / Math.max(1, words),
  };
}

/** Estimated less true word error rates of bins of utterances. */
function differencesOf(curve: ReturnType<typeof curveOf>, labelled: readonly LabelledRecord[]): number[] {
  const differences: number[] = [];
  for (let from = 0; from + binUtterances <= labelled.length; from += binUtterances) {
    const bin = labelled.slice(from, from + binUtterances);
    const estimates = bin.map(({ record }) => estimateErrors(curve, record));
    const estimated =
      sum(estimates.map(({ errors }) => errors)) / Math.max(1, sum(estimates.map(({ words }) => words)));
    const actual =
      sum(bin.map(({ errors }) => errors)) / sum(bin.map(({ referenceWords }) => referenceWords));
    differences.push(estimated - actual);
  }
  return differences;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
